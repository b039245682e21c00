namespace Telar.Threading;

/// <summary>Who gets a <see cref="Lock"/> that is released while others wait for it.</summary>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public enum LockFairness
{
    /// <summary>
    /// Whoever comes first while the thread that was woken is still on its way, also the one who has just released it. Many times the
    /// throughput under contention; a waiter who loses again and again is handed the lock after some milliseconds. Awaits are always
    /// handed the lock, in their turn.
    /// </summary>
    Fast,

    /// <summary>The one who has waited longest: each release hands the lock over, and nobody overtakes.</summary>
    Fair,
}
