using System.Runtime.CompilerServices;

namespace Telar.Concurrent.Futures.Waiting;

/// <summary>A moment until which somebody waits.</summary>
internal readonly struct Deadline
{
    /// <summary>The longest wait that the runtime's own primitives take; beyond it (24 days) a deadline is as good as none.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue - 1);

    private readonly long _end;

    private Deadline(long end) => _end = end;

    public static Deadline Never { get; } = new(long.MaxValue);

    public bool IsNever => _end == long.MaxValue;

    /// <summary>What is left: never negative, and <see cref="Timeout.InfiniteTimeSpan"/> for <see cref="Never"/>.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (IsNever)
            {
                return Timeout.InfiniteTimeSpan;
            }

            long left = _end - TimeProvider.System.GetTimestamp();
            return left <= 0 ? TimeSpan.Zero : RoundUp(TimeProvider.System.GetElapsedTime(0, left));
        }
    }

    /// <summary>The moment <paramref name="timeout"/> from now; <see langword="null"/> is never.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    public static Deadline After(TimeSpan? timeout, [CallerArgumentExpression(nameof(timeout))] string? name = null)
    {
        ThrowIfInvalid(timeout, name);
        if (timeout is not { } span || span == Timeout.InfiniteTimeSpan || span > Longest)
        {
            return Never;
        }

        double stamps = span.TotalSeconds * TimeProvider.System.TimestampFrequency;
        return new Deadline(TimeProvider.System.GetTimestamp() + (long)Math.Ceiling(stamps));
    }

    /// <summary>What a timer is told that is to fire after <paramref name="timeout"/>: not at all when that is too far away.</summary>
    public static TimeSpan ForTimer(TimeSpan timeout) => timeout > Longest ? Timeout.InfiniteTimeSpan : timeout;

    /// <summary>Checks a time-out by the rule that holds everywhere: zero or more, or infinite.</summary>
    public static void ThrowIfInvalid(TimeSpan? timeout, [CallerArgumentExpression(nameof(timeout))] string? name = null)
    {
        if (timeout is { } span && span < TimeSpan.Zero && span != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                name, span, "A time-out is zero or more; Timeout.InfiniteTimeSpan waits for ever.");
        }
    }

    // Waits count whole milliseconds: rounded down, the last one would be spent in a busy loop.
    private static TimeSpan RoundUp(TimeSpan span) => TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds));
}
