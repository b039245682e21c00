namespace Telar.Sched;

/// <summary>What a job does when a run is due while an earlier one still runs.</summary>
public enum OverlapPolicy
{
    /// <summary>Leaves the new run out.</summary>
    Skip,

    /// <summary>Runs it when the earlier one has ended. Up to <see cref="JobOptions.QueueLimit"/> wait; further ones are left out.</summary>
    Queue,

    /// <summary>Runs both at the same time.</summary>
    Allow,

    /// <summary>
    /// Cancels the token of the earlier run, and starts the new one when that has ended. Of several that wait only the last one starts.
    /// </summary>
    CancelPrevious,
}
