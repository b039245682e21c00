using System.Diagnostics;

namespace Telar.Multiprocessing.Synchronize;

/// <summary>How long to sleep before one looks by oneself whether those that are waited for live: 10 ms, doubled up to 160 ms.</summary>
/// <remarks>
/// It bounds how late a death is noticed, and what a wake-up costs that was lost because its sender or receiver died.
/// <b>Thread safety.</b> A field of one wait.
/// </remarks>
internal struct Slices()
{
    private static readonly long s_first = Stopwatch.Frequency / 100;
    private static readonly long s_longest = 16 * s_first;

    private long _length = s_first;
    private long _end = Stopwatch.GetTimestamp() + s_first;

    /// <summary>When the current one is over, in ticks of <see cref="Stopwatch"/>.</summary>
    internal readonly long End => _end;

    /// <summary>Begins the next one if the current one is over.</summary>
    /// <returns>Whether it was.</returns>
    internal bool TryAdvance()
    {
        long now = Stopwatch.GetTimestamp();
        if (now < _end)
        {
            return false;
        }

        _length = Math.Min(2 * _length, s_longest);
        _end = now + _length;
        return true;
    }
}
