namespace Telar.Threading;

/// <summary>How much something was waited for.</summary>
/// <param name="Waits">How many waits had to queue and have ended, whatever came of them.</param>
/// <param name="WaitingCount">How many threads and awaits are queued now.</param>
/// <param name="TotalWait">The sum of all waits that have ended.</param>
/// <param name="LongestWait">The longest wait that has ended.</param>
/// <remarks>
/// <para>The figures are read one after the other while others go on: a sum of them may be off by what happened meanwhile.</para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public readonly record struct WaitStatistics(long Waits, int WaitingCount, TimeSpan TotalWait, TimeSpan LongestWait);
