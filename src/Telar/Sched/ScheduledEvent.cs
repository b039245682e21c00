using System.Diagnostics;

namespace Telar.Sched;

/// <summary>An event in the queue of a scheduler: what runs, and when.</summary>
/// <typeparam name="TTime">What the scheduler's clock shows.</typeparam>
/// <remarks>
/// <para>
/// Schedulers make events; the event is what <c>Cancel</c> takes. Events compare by <see cref="Time"/>, then <see cref="Priority"/>, then
/// <see cref="Sequence"/>, which is the order in which they run. Two events are equal only when they are one object.
/// </para>
/// <para>
/// Python: <c>sched.Event</c>. Its <c>argument</c> and <c>kwargs</c> are what the lambda in <see cref="Action"/> has captured.
/// </para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
#pragma warning disable CA1036 // Without operators: == tells whether two variables hold one event, as Cancel does.
public sealed class ScheduledEvent<TTime> : IComparable<ScheduledEvent<TTime>>
    where TTime : struct, IComparable<TTime>
#pragma warning restore CA1036
{
    internal ScheduledEvent(TTime time, int priority, long sequence, Delegate action)
    {
        Time = time;
        Priority = priority;
        Sequence = sequence;
        Action = action;
    }

    /// <summary>When the event is due, on the scheduler's clock.</summary>
    /// <remarks>Python: <c>Event.time</c>.</remarks>
    public TTime Time { get; }

    /// <summary>Which of the events that are due at the same time runs first: the one with the smaller number.</summary>
    /// <remarks>Python: <c>Event.priority</c>.</remarks>
    public int Priority { get; }

    /// <summary>The number of the event in its scheduler, from 0: among equals in time and priority, who came first runs first.</summary>
    /// <remarks>Python: <c>Event.sequence</c>.</remarks>
    public long Sequence { get; }

    /// <summary>What the scheduler was given to run.</summary>
    /// <value>An <see cref="System.Action"/>, or one of the asynchronous delegates that the scheduler takes.</value>
    /// <remarks>Python: <c>Event.action</c>.</remarks>
    public Delegate Action { get; }

    /// <summary>The queue that holds the event; written under that queue's lock only.</summary>
    internal EventQueue<TTime>? Queue { get; set; }

    /// <summary>Compares in the order of running.</summary>
    /// <param name="other">The other event.</param>
    /// <returns>Negative when this event runs before the other one, positive when it runs after it; 0 for the same place.</returns>
    public int CompareTo(ScheduledEvent<TTime>? other) => other is null ? 1 : new EventOrder<TTime>(this).CompareTo(new(other));

    /// <summary>Number, time and priority of the event.</summary>
    /// <returns>For example <c>event 3 (time 12.5, priority 1)</c>.</returns>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"event {Sequence} (time {Time}, priority {Priority})");
}
