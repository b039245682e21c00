namespace Telar.Multiprocessing.Synchronize;

/// <summary>How a meeting at a barrier ended. The numbers are in shared memory.</summary>
internal enum BarrierVerdict
{
    /// <summary>It has not ended.</summary>
    None = 0,

    /// <summary>All parties came.</summary>
    Passed = 1,

    /// <summary>Abort was called.</summary>
    Aborted = 2,

    /// <summary>Reset was called.</summary>
    Reset = 3,

    /// <summary>A party gave up.</summary>
    TimedOut = 4,

    /// <summary>The action threw.</summary>
    ActionFailed = 5,

    /// <summary>A process that uses the barrier was killed, or crashed.</summary>
    PartyDied = 6,
}
