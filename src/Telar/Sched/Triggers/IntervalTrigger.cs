namespace Telar.Sched;

/// <summary>Times that are a whole number of intervals apart.</summary>
internal sealed class IntervalTrigger : Trigger
{
    private readonly TimeSpan _interval;
    private readonly DateTimeOffset? _first;

    public IntervalTrigger(TimeSpan interval, DateTimeOffset? first)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        _interval = interval;
        _first = first;
    }

    internal override bool IsElapsedTime => _first is null;

    public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset? previous)
    {
        DateTimeOffset origin = previous ?? _first ?? after;
        if (previous is null && _first > after)
        {
            return _first;
        }

        // Counted from the one before rather than from now, so that lateness does not add up.
        long passed = after < origin ? 0 : (after - origin).Ticks / _interval.Ticks;
        long left = (DateTimeOffset.MaxValue - origin).Ticks;
        return passed >= left / _interval.Ticks ? null : origin + new TimeSpan((passed + 1) * _interval.Ticks);
    }

    public override string ToString() => _first is null ? $"every {_interval}" : $"every {_interval} from {_first:O}";
}
