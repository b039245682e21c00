using System.Diagnostics;
using Telar.Internal.Waiting;

namespace Telar.Queues.Waiting;

/// <summary>The pauses of one who looks again and again before he stands in line: they grow, and end after a while.</summary>
internal struct SpinPause(WaitDeadline deadline)
{
    // While a looker pauses, the other side does several operations without losing the cache line.
    private const int FirstLength = 8;
    private const int LongestLength = 64;

    // The waiter that stands in line spins once more before it sleeps, and tells the guide how that went.
    private static readonly long s_ticks = Stopwatch.Frequency * 10 / 1_000_000;

    private readonly long _end = Math.Min(deadline.Timestamp, Stopwatch.GetTimestamp() + s_ticks);
    private int _length = FirstLength;

    /// <summary>Pauses once.</summary>
    /// <returns>Whether to look again; <see langword="false"/> when it has taken long enough.</returns>
    public bool TryOnce()
    {
        if (Stopwatch.GetTimestamp() >= _end)
        {
            return false;
        }

        Thread.SpinWait(_length);
        _length = Math.Min(LongestLength, _length * 2);
        return true;
    }
}
