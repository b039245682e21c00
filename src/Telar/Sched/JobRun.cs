namespace Telar.Sched;

/// <summary>What became of one run of a job.</summary>
/// <remarks>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed record JobRun
{
    internal JobRun(DateTimeOffset scheduledFor, DateTimeOffset? started, DateTimeOffset ended, JobOutcome outcome, Exception? exception)
    {
        ScheduledFor = scheduledFor;
        Started = started;
        Ended = ended;
        Outcome = outcome;
        Exception = exception;
    }

    /// <summary>The time of the trigger to which the run belongs.</summary>
    /// <value>Of several that were missed together, the first.</value>
    public DateTimeOffset ScheduledFor { get; }

    /// <summary>When it was given to the runner.</summary>
    /// <value><see langword="null"/> when it never was.</value>
    public DateTimeOffset? Started { get; }

    /// <summary>When it ended, or was left out.</summary>
    public DateTimeOffset Ended { get; }

    /// <summary>How it ended, or why there was no run.</summary>
    public JobOutcome Outcome { get; }

    /// <summary>What it ended with.</summary>
    /// <value><see langword="null"/> when it succeeded or never ran.</value>
    public Exception? Exception { get; }
}
