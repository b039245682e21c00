namespace Telar.Multiprocessing.Synchronize;

/// <summary>Which word of a segment is what.</summary>
/// <remarks>
/// <code>
/// 0..15         what the primitive was made with, and who crashed last
/// 16..23        a lock: every segment has room for one
/// 32..47        what the primitive has beside it, on cache lines of its own
/// 1024..3071    the processes that use it: for each slot the owner and its process id
/// 3072..        a table, for primitives that have one
/// </code>
/// </remarks>
internal static class WordLayout
{
    internal const int Parameter = 0;
    internal const int CrashedProcess = 1;

    internal const int Lock = 16;
    internal const int LockAbandonedBy = 17;
    internal const int LockAbandonments = 18;

    internal const int SemaphoreUnits = 32;
    internal const int SemaphoreWaiters = 33;

    internal const int UnitsChanges = 32;
    internal const int UnitsWaiters = 33;
    internal const int UnitsRecovered = 34;

    internal const int EventFlag = 32;
    internal const int EventWaiters = 33;

    internal const int ConditionTicket = 32;
    internal const int ConditionUsed = 33;

    internal const int BarrierCycle = 32;
    internal const int BarrierOutcome = 33;
    internal const int BarrierBroken = 34;
    internal const int BarrierActor = 35;
    internal const int BarrierDead = 36;

    internal const int Users = 1024;
    internal const int Table = 3072;
}
