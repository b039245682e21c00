namespace Telar.Sched;

/// <summary>How a run of a job ended, or why there was none.</summary>
public enum JobOutcome
{
    /// <summary>It ran to its end.</summary>
    Succeeded,

    /// <summary>It ended with an exception.</summary>
    Failed,

    /// <summary>It was cancelled: it ended with an <see cref="OperationCanceledException"/> after its token was cancelled, or never started.</summary>
    Cancelled,

    /// <summary>It did not start, because an earlier run was not over (<see cref="OverlapPolicy"/>).</summary>
    Skipped,

    /// <summary>It did not start, because it was too late for it (<see cref="MisfirePolicy.Skip"/>). Stands for all that were missed together.</summary>
    Missed,
}
