namespace Telar.Sched;

/// <summary>Where a job is in its life.</summary>
public enum JobState
{
    /// <summary>It waits for its next run.</summary>
    Scheduled,

    /// <summary>It was paused: it starts no runs until it is resumed.</summary>
    Paused,

    /// <summary>It starts no more runs: its trigger has no more times, it was cancelled, or its scheduler was stopped. One may still run.</summary>
    Ended,
}
