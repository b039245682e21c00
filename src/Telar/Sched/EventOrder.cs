namespace Telar.Sched;

/// <summary>The order in which events run: by time, then priority, then the order in which they were entered.</summary>
internal readonly struct EventOrder<TTime>(ScheduledEvent<TTime> scheduledEvent) : IComparable<EventOrder<TTime>>
    where TTime : struct, IComparable<TTime>
{
    // Kept beside the event, so that the heap compares without following references.
    public readonly TTime Time = scheduledEvent.Time;

    private readonly int _priority = scheduledEvent.Priority;
    private readonly long _sequence = scheduledEvent.Sequence;

    public int CompareTo(EventOrder<TTime> other)
    {
        int order = Time.CompareTo(other.Time);
        if (order == 0)
        {
            order = _priority.CompareTo(other._priority);
        }

        return order != 0 ? order : _sequence.CompareTo(other._sequence);
    }
}
