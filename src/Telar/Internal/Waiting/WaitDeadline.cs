using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Internal.Waiting;

/// <summary>The moment at which a wait gives up, on the monotonic clock.</summary>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
internal readonly struct WaitDeadline
{
    private const long Never_ = long.MaxValue;

    // Ticks of Stopwatch; 0 is over without a look at the clock.
    private readonly long _ticks;

    private WaitDeadline(long ticks) => _ticks = ticks;

    /// <summary>For ever.</summary>
    internal static WaitDeadline Never => new(Never_);

    /// <summary>Whether the wait has no end.</summary>
    internal bool IsNever => _ticks == Never_;

    /// <summary>Whether the caller asked only to look.</summary>
    internal bool IsZero => _ticks == 0;

    /// <summary>Whether the moment has come.</summary>
    internal bool IsOver => _ticks == 0 || (_ticks != Never_ && Stopwatch.GetTimestamp() >= _ticks);

    /// <summary>The moment, in ticks of <see cref="Stopwatch"/>.</summary>
    internal long Timestamp => _ticks;

    /// <summary>What is left of the wait: nothing, a positive span, or <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    internal TimeSpan Remaining
    {
        get
        {
            if (IsNever)
            {
                return Timeout.InfiniteTimeSpan;
            }

            long left = _ticks == 0 ? 0 : _ticks - Stopwatch.GetTimestamp();
            return left <= 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(0, left);
        }
    }

    /// <summary>What is left of the wait, as poll takes it: rounded up, or a wait would be begun again within its last millisecond.</summary>
    internal int RemainingMilliseconds => IsNever ? Timeout.Infinite : (int)Math.Min(int.MaxValue, Math.Ceiling(Remaining.TotalMilliseconds));

    /// <summary>Checks a time-out by the rule that holds everywhere.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Check(TimeSpan? timeout, [CallerArgumentExpression(nameof(timeout))] string? parameter = null)
    {
        if (timeout is { Ticks: < 0 } span && span != Timeout.InfiniteTimeSpan)
        {
            throw Negative(span, parameter);
        }
    }

    /// <summary>Counts from now, after it has checked the argument.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static WaitDeadline After(TimeSpan? timeout, [CallerArgumentExpression(nameof(timeout))] string? parameter = null) =>
        timeout is { } span ? After(span, parameter) : Never;

    private static WaitDeadline After(TimeSpan span, string? parameter)
    {
        if (span == Timeout.InfiniteTimeSpan)
        {
            return Never;
        }

        Check(span, parameter);
        if (span == TimeSpan.Zero)
        {
            return default;
        }

        double end = Stopwatch.GetTimestamp() + (span.Ticks * ((double)Stopwatch.Frequency / TimeSpan.TicksPerSecond));
        return end >= Never_ ? Never : new WaitDeadline((long)end);
    }

    private static ArgumentOutOfRangeException Negative(TimeSpan span, string? parameter) =>
        new(parameter, span, "A time-out is zero or more; Timeout.InfiniteTimeSpan waits for ever.");
}
