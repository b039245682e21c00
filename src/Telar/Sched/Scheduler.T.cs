using System.Diagnostics;
using System.Numerics;

namespace Telar.Sched;

/// <summary>Runs events at given times of a clock of your own: real, simulated, or steps of a game.</summary>
/// <typeparam name="TTime">
/// What the clock shows, and what the delay is counted in: any number, or a type of your own with the operators <c>+</c> and <c>-</c>, an
/// order and a zero.
/// </typeparam>
/// <remarks>
/// <para>
/// Python: <c>sched.scheduler(timefunc, delayfunc)</c>. Both functions are called in the thread that calls <see cref="Run"/>, at the same
/// moments as in Python, except that no lock is held meanwhile. The delay function may enter and cancel events, return early (the scheduler
/// asks the clock again) and throw.
/// </para>
/// <para>
/// For the computer's own clock, for waiting without a thread, and for waits that end early when an earlier event comes, see
/// <see cref="Scheduler"/>.
/// </para>
/// <para>
/// <b>Thread safety.</b> All members may be used by any number of threads at once, also while events run. With several threads in
/// <see cref="Run"/> each event still runs once, and events that are due together may then run at the same time.
/// </para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Scheduler<TTime>
    where TTime : struct, IComparable<TTime>, IAdditionOperators<TTime, TTime, TTime>, ISubtractionOperators<TTime, TTime, TTime>,
        IAdditiveIdentity<TTime, TTime>
{
    private readonly EventQueue<TTime> _queue = new();

    /// <summary>Makes a scheduler without events.</summary>
    /// <param name="timeFunc">Tells the time. It should not run backwards.</param>
    /// <param name="delayFunc">
    /// Waits for as long as it is told, in units of the clock. Called with zero after each event, so that it can let others run.
    /// </param>
    public Scheduler(Func<TTime> timeFunc, Action<TTime> delayFunc)
    {
        ArgumentNullException.ThrowIfNull(timeFunc);
        ArgumentNullException.ThrowIfNull(delayFunc);
        TimeFunc = timeFunc;
        DelayFunc = delayFunc;
    }

    /// <summary>Tells the time.</summary>
    /// <remarks>Python: <c>scheduler.timefunc</c>.</remarks>
    public Func<TTime> TimeFunc { get; }

    /// <summary>Waits.</summary>
    /// <remarks>Python: <c>scheduler.delayfunc</c>.</remarks>
    public Action<TTime> DelayFunc { get; }

    /// <summary>Whether no event waits.</summary>
    /// <remarks>Python: <c>scheduler.empty</c>.</remarks>
    public bool IsEmpty => _queue.IsEmpty;

    /// <summary>The events that wait, in the order in which they will run.</summary>
    /// <value>A snapshot. It costs a sort: to look for an event use the one that <see cref="Enter"/> returned.</value>
    /// <remarks>Python: <c>scheduler.queue</c>.</remarks>
    public IReadOnlyList<ScheduledEvent<TTime>> Queue => _queue.ToArray();

    /// <summary>Enters an event for a time of the clock.</summary>
    /// <param name="time">When it is due. A time in the past is due at once.</param>
    /// <param name="priority">Which event runs first among those of the same time: the smaller number.</param>
    /// <param name="action">What to run. What it needs, it captures.</param>
    /// <returns>The event, for <see cref="Cancel"/>.</returns>
    /// <remarks>Python: <c>scheduler.enterabs</c>. Among events of the same time and priority, who came first runs first.</remarks>
    public ScheduledEvent<TTime> EnterAbs(TTime time, int priority, Action action) => _queue.Enter(time, priority, action);

    /// <summary>Enters an event for a time from now.</summary>
    /// <param name="delay">How long from now it is due. A negative one lies in the past: it is due at once, before what is due later.</param>
    /// <param name="priority">Which event runs first among those of the same time: the smaller number.</param>
    /// <param name="action">What to run. What it needs, it captures.</param>
    /// <returns>The event, for <see cref="Cancel"/>.</returns>
    /// <remarks>Python: <c>scheduler.enter</c>.</remarks>
    public ScheduledEvent<TTime> Enter(TTime delay, int priority, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return _queue.Enter(TimeFunc() + delay, priority, action);
    }

    /// <summary>Takes an event out of the queue before it runs.</summary>
    /// <param name="scheduledEvent">The event, as it was returned when it was entered.</param>
    /// <returns>
    /// <see langword="true"/> when it will not run; <see langword="false"/> when it was not in the queue: it has run or is running, was
    /// cancelled before, or belongs to another scheduler.
    /// </returns>
    /// <remarks>Python: <c>scheduler.cancel</c>, which throws in place of answering <see langword="false"/>.</remarks>
    public bool Cancel(ScheduledEvent<TTime> scheduledEvent) => _queue.Cancel(scheduledEvent);

    /// <summary>Takes an event out of the queue before it runs, and insists that it was there.</summary>
    /// <param name="scheduledEvent">The event, as it was returned when it was entered.</param>
    /// <exception cref="ArgumentException">It was not in the queue. Nothing changed.</exception>
    /// <remarks>Python: <c>scheduler.cancel</c>.</remarks>
    public void CancelOrThrow(ScheduledEvent<TTime> scheduledEvent) => _queue.CancelOrThrow(scheduledEvent);

    /// <summary>Runs the events, each at its time, in this thread.</summary>
    /// <param name="blocking">
    /// Whether to wait for the events that are not due yet, until none is left. With <see langword="false"/> only what is due runs.
    /// </param>
    /// <param name="cancellationToken">Looked at before each event and each delay; it does not end a delay that has begun.</param>
    /// <returns>How long until the next event is due; <see langword="null"/> when none is left.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled. The events that have not run stay in the queue.</exception>
    /// <exception cref="Exception">
    /// Whatever the action of an event, the clock or the delay function threw. The event is out of the queue, the others stay, and
    /// <see cref="Run"/> may be called again.
    /// </exception>
    /// <remarks>
    /// Python: <c>scheduler.run</c>. No event is dropped because it is late: when events take longer than the time between them, the next ones
    /// run late, in order. Whoever wants to drop those must cancel them.
    /// </remarks>
    public TTime? Run(bool blocking = true, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_queue.IsEmpty)
            {
                return null;
            }

            TTime now = TimeFunc();
            if (_queue.TryTake(now, out ScheduledEvent<TTime>? due))
            {
                ((Action)due.Action)();
                DelayFunc(TTime.AdditiveIdentity);
            }
            else if (_queue.NextTime() is { } next)
            {
                TTime delay = next - now;
                if (delay.CompareTo(TTime.AdditiveIdentity) <= 0)
                {
                    continue; // an event was entered just now, and is due
                }

                if (!blocking)
                {
                    return delay;
                }

                DelayFunc(delay);
            }
        }
    }

    /// <summary>How many events wait.</summary>
    /// <returns>For example <c>Scheduler of Double (3 events)</c>.</returns>
    public override string ToString() => $"Scheduler of {typeof(TTime).Name} ({_queue.Count} events)";
}
