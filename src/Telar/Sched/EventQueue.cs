using System.Diagnostics.CodeAnalysis;

namespace Telar.Sched;

// Invariants
//   I1  An event's Queue is this queue  <=>  it was entered and was neither taken nor cancelled.
//   I2  _live is the number of events for which I1 holds; every one of them is in _heap. Who reads it without the lock sees a number that
//       was true at one moment.
//   I3  _heap.Count < 2 * _live + Spare: what was cancelled stays in the heap until it comes to the top, or until the heap
//       is mostly such events and is made anew. So Cancel costs O(1), spread over many calls.
//   I4  Who was told "nothing is due before T" holds a task that completes when that stops being true.
// Locks
//   _lock is a leaf: the clock, the actions and continuations of the task of I4 run outside it. What runs under it of a user's is
//   TTime.CompareTo alone.
/// <summary>The events that wait, in the order in which they will run.</summary>
internal sealed class EventQueue<TTime>
    where TTime : struct, IComparable<TTime>
{
    private const int Spare = 64;

    private readonly System.Threading.Lock _lock = new();
    private PriorityQueue<ScheduledEvent<TTime>, EventOrder<TTime>> _heap = new();
    private TaskCompletionSource? _changed;
    private long _sequence;
    private int _live;

    public int Count => Volatile.Read(ref _live);

    public bool IsEmpty => Count == 0;

    public ScheduledEvent<TTime> Enter(TTime time, int priority, Delegate action)
    {
        ArgumentNullException.ThrowIfNull(action);
        ScheduledEvent<TTime> entered;
        TaskCompletionSource? changed = null;
        lock (_lock)
        {
            entered = new ScheduledEvent<TTime>(time, priority, _sequence++, action) { Queue = this };
            _heap.Enqueue(entered, new EventOrder<TTime>(entered));
            _live++;
            if (_changed is not null && _heap.Peek() == entered)
            {
                (changed, _changed) = (_changed, null);
            }
        }

        changed?.TrySetResult();
        return entered;
    }

    /// <summary>Takes an event out before it runs.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Cancel(ScheduledEvent<TTime> scheduledEvent)
    {
        ArgumentNullException.ThrowIfNull(scheduledEvent);
        TaskCompletionSource? changed = null;
        lock (_lock)
        {
            if (scheduledEvent.Queue != this)
            {
                return false;
            }

            bool isNext = FirstOrNull_NeedsLock() == scheduledEvent;
            scheduledEvent.Queue = null;
            _live--;
            if (_heap.Count >= (2 * _live) + Spare)
            {
                _heap = new(_heap.UnorderedItems.Where(item => item.Element.Queue == this));
            }

            if (isNext)
            {
                (changed, _changed) = (_changed, null);
            }
        }

        changed?.TrySetResult();
        return true;
    }

    public void CancelOrThrow(ScheduledEvent<TTime> scheduledEvent)
    {
        if (!Cancel(scheduledEvent))
        {
            throw new ArgumentException(
                $"Cannot cancel {scheduledEvent}: it is not in the queue of this scheduler. It has run, was cancelled before, or belongs to " +
                "another scheduler. Use Cancel, which answers with a bool, where that may happen.",
                nameof(scheduledEvent));
        }
    }

    /// <summary>Takes the first event if it is due.</summary>
    /// <param name="now">What the clock shows.</param>
    /// <param name="due">The event, out of the queue.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTake(TTime now, [NotNullWhen(true)] out ScheduledEvent<TTime>? due)
    {
        lock (_lock)
        {
            due = FirstOrNull_NeedsLock();
            // As Python asks it: a time that compares with nothing (a NaN) is due.
            if (due is null || due.Time.CompareTo(now) > 0)
            {
                due = null;
                return false;
            }

            _ = _heap.Dequeue();
            due.Queue = null;
            _live--;
            return true;
        }
    }

    /// <summary>The time of the first event; <see langword="null"/> when there is none.</summary>
    public TTime? NextTime()
    {
        lock (_lock)
        {
            return FirstOrNull_NeedsLock()?.Time;
        }
    }

    /// <summary>As <see cref="NextTime()"/>, for one who is going to wait for that time.</summary>
    /// <param name="changed">Completes when the answer is no longer right, because an event was entered before it or it was cancelled.</param>
    public TTime? NextTime(out Task changed)
    {
        lock (_lock)
        {
            _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed = _changed.Task;
            return FirstOrNull_NeedsLock()?.Time;
        }
    }

    /// <summary>The events that wait, in the order in which they will run.</summary>
    public ScheduledEvent<TTime>[] ToArray()
    {
        ScheduledEvent<TTime>[] events;
        lock (_lock)
        {
            events = [.. _heap.UnorderedItems.Select(item => item.Element).Where(item => item.Queue == this)];
        }

        Array.Sort(events);
        return events;
    }

    private ScheduledEvent<TTime>? FirstOrNull_NeedsLock()
    {
        while (_heap.TryPeek(out ScheduledEvent<TTime>? first, out _))
        {
            if (first.Queue == this)
            {
                return first;
            }

            _ = _heap.Dequeue();
        }

        return null;
    }
}
