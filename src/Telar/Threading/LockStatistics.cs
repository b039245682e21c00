namespace Telar.Threading;

/// <summary>How often a lock was taken, and how much it was waited for.</summary>
/// <param name="Acquisitions">How often it was acquired since it was made. Re-entering a re-entrant lock does not count.</param>
/// <param name="Contentions">How often an acquirer had to queue, whatever came of it. Short spins do not count.</param>
/// <param name="WaitingCount">How many threads and awaits are queued now.</param>
/// <param name="TotalWait">The sum of all waits that have ended.</param>
/// <param name="LongestWait">The longest wait that has ended.</param>
/// <remarks>
/// <para>The figures are read one after the other while others go on: a sum of them may be off by what happened meanwhile.</para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public readonly record struct LockStatistics(
    long Acquisitions, long Contentions, int WaitingCount, TimeSpan TotalWait, TimeSpan LongestWait);
