using System.Diagnostics;

namespace Telar.Threading;

/// <summary>A thread that waits for a lock, in the book of <see cref="LockTracking"/>.</summary>
/// <param name="Thread">Who waits.</param>
/// <param name="Wanted">For what.</param>
/// <param name="HasTimeout">Whether the wait ends by itself.</param>
/// <param name="Since">When it began, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="Stack">Where.</param>
internal sealed record LockWait(
    System.Threading.Thread Thread, ITrackedLock Wanted, bool HasTimeout, long Since, StackTrace Stack);
