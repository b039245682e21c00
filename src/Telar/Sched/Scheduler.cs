using System.Diagnostics;

namespace Telar.Sched;

/// <summary>Runs events at given times.</summary>
/// <remarks>
/// <para>
/// Enter events, then call <see cref="Run"/> or <see cref="RunAsync"/>: it runs them one after the other, each at its time, and returns when
/// none is left. <see cref="RunForever"/> waits for more. For jobs that come again and again see <see cref="JobScheduler"/>.
/// </para>
/// <para>
/// Time is that of a <see cref="System.TimeProvider"/>: its calendar at the moment when the scheduler was made, and from then on only the time
/// that passes. Setting the computer's clock moves no event. Nothing runs early; with the system's clock an event may run up to about a
/// millisecond late.
/// </para>
/// <para>
/// Python: <c>sched.scheduler()</c>, with these differences. A wait ends early when an earlier event is entered, or when the event that it
/// waits for is cancelled; Python sleeps on. There is no <c>delayfunc(0)</c> after each event, because no other thread is waiting for an
/// interpreter lock. Where these matter, or time is not the computer's, <see cref="Scheduler{TTime}"/> takes both functions.
/// </para>
/// <para>
/// <b>Thread safety.</b> All members may be used by any number of threads at once, also while events run. With several threads in
/// <see cref="Run"/> each event still runs once, and events that are due together may then run at the same time.
/// </para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Scheduler
{
    private readonly EventQueue<DateTimeOffset> _queue = new();
    private readonly DateTimeOffset _made;
    private readonly long _madeStamp;

    /// <summary>Makes a scheduler without events.</summary>
    /// <param name="timeProvider">The clock; <see langword="null"/> is the system's. A test gives one that it sets itself.</param>
    public Scheduler(TimeProvider? timeProvider = null)
    {
        TimeProvider = timeProvider ?? TimeProvider.System;
        _made = TimeProvider.GetUtcNow();
        _madeStamp = TimeProvider.GetTimestamp();
    }

    /// <summary>The clock.</summary>
    /// <remarks>Python: <c>scheduler.timefunc</c> and <c>scheduler.delayfunc</c> in one.</remarks>
    public TimeProvider TimeProvider { get; }

    /// <summary>What time it is for the events of this scheduler.</summary>
    /// <value>In UTC. It differs from the calendar by as much as somebody has set the computer's clock since the scheduler was made.</value>
    /// <remarks>Python: <c>scheduler.timefunc()</c>.</remarks>
    public DateTimeOffset Now => _made + TimeProvider.GetElapsedTime(_madeStamp);

    /// <inheritdoc cref="Scheduler{TTime}.IsEmpty"/>
    public bool IsEmpty => _queue.IsEmpty;

    /// <inheritdoc cref="Scheduler{TTime}.Queue"/>
    public IReadOnlyList<ScheduledEvent<DateTimeOffset>> Queue => _queue.ToArray();

    /// <summary>Enters an event for a time.</summary>
    /// <param name="time">When it is due, see <see cref="Now"/>. A time in the past is due at once.</param>
    /// <param name="priority">Which event runs first among those of the same time: the smaller number.</param>
    /// <param name="action">What to run. What it needs, it captures.</param>
    /// <returns>The event, for <see cref="Cancel"/>.</returns>
    /// <remarks>Python: <c>scheduler.enterabs</c>. Among events of the same time and priority, who came first runs first.</remarks>
    public ScheduledEvent<DateTimeOffset> EnterAbs(DateTimeOffset time, int priority, Action action) => _queue.Enter(time, priority, action);

    /// <summary>Enters an event for a time, which runs an asynchronous function.</summary>
    /// <param name="time">When it is due, see <see cref="Now"/>. A time in the past is due at once.</param>
    /// <param name="priority">Which event runs first among those of the same time: the smaller number.</param>
    /// <param name="action">What to run. The next event waits for its end: <see cref="RunAsync"/> without a thread, <see cref="Run"/> with one.</param>
    /// <returns>The event, for <see cref="Cancel"/>.</returns>
    public ScheduledEvent<DateTimeOffset> EnterAbs(DateTimeOffset time, int priority, Func<Task> action) =>
        _queue.Enter(time, priority, action);

    /// <summary>Enters an event for a time, which runs an asynchronous function that can be cancelled.</summary>
    /// <param name="time">When it is due, see <see cref="Now"/>. A time in the past is due at once.</param>
    /// <param name="priority">Which event runs first among those of the same time: the smaller number.</param>
    /// <param name="action">What to run. It gets the token of <see cref="Run"/> or <see cref="RunAsync"/>; the next event waits for its end.</param>
    /// <returns>The event, for <see cref="Cancel"/>.</returns>
    public ScheduledEvent<DateTimeOffset> EnterAbs(DateTimeOffset time, int priority, Func<CancellationToken, Task> action) =>
        _queue.Enter(time, priority, action);

    /// <summary>Enters an event for a time from now.</summary>
    /// <param name="delay">How long from now it is due. A negative one lies in the past: it is due at once, before what is due later.</param>
    /// <param name="priority">Which event runs first among those of the same time: the smaller number.</param>
    /// <param name="action">What to run. What it needs, it captures.</param>
    /// <returns>The event, for <see cref="Cancel"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time would lie outside the calendar of .NET, years 1 to 9999.</exception>
    /// <remarks>Python: <c>scheduler.enter</c>.</remarks>
    public ScheduledEvent<DateTimeOffset> Enter(TimeSpan delay, int priority, Action action) => _queue.Enter(Now + delay, priority, action);

    /// <summary>Enters an event for a time from now, which runs an asynchronous function.</summary>
    /// <param name="delay">How long from now it is due. A negative one lies in the past: it is due at once, before what is due later.</param>
    /// <param name="priority">Which event runs first among those of the same time: the smaller number.</param>
    /// <param name="action">What to run. The next event waits for its end: <see cref="RunAsync"/> without a thread, <see cref="Run"/> with one.</param>
    /// <returns>The event, for <see cref="Cancel"/>.</returns>
    public ScheduledEvent<DateTimeOffset> Enter(TimeSpan delay, int priority, Func<Task> action) => _queue.Enter(Now + delay, priority, action);

    /// <summary>Enters an event for a time from now, which runs an asynchronous function that can be cancelled.</summary>
    /// <param name="delay">How long from now it is due. A negative one lies in the past: it is due at once, before what is due later.</param>
    /// <param name="priority">Which event runs first among those of the same time: the smaller number.</param>
    /// <param name="action">What to run. It gets the token of <see cref="Run"/> or <see cref="RunAsync"/>; the next event waits for its end.</param>
    /// <returns>The event, for <see cref="Cancel"/>.</returns>
    public ScheduledEvent<DateTimeOffset> Enter(TimeSpan delay, int priority, Func<CancellationToken, Task> action) =>
        _queue.Enter(Now + delay, priority, action);

    /// <inheritdoc cref="Scheduler{TTime}.Cancel"/>
    public bool Cancel(ScheduledEvent<DateTimeOffset> scheduledEvent) => _queue.Cancel(scheduledEvent);

    /// <inheritdoc cref="Scheduler{TTime}.CancelOrThrow"/>
    public void CancelOrThrow(ScheduledEvent<DateTimeOffset> scheduledEvent) => _queue.CancelOrThrow(scheduledEvent);

    /// <summary>Runs the events, each at its time, in this thread, and returns when none is left.</summary>
    /// <param name="blocking">
    /// Whether to wait for the events that are not due yet. With <see langword="false"/> only what is due runs.
    /// </param>
    /// <param name="cancellationToken">Ends the run between two events, and a wait at once. An event that runs goes on.</param>
    /// <returns>How long until the next event is due; <see langword="null"/> when none is left.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled. The events that have not run stay in the queue.</exception>
    /// <exception cref="Exception">
    /// Whatever the action of an event threw. That event is out of the queue, the others stay, and <see cref="Run"/> may be called again.
    /// </exception>
    /// <remarks>
    /// Python: <c>scheduler.run</c>. No event is dropped because it is late: when events take longer than the time between them, the next ones
    /// run late, in order. Whoever wants to drop those must cancel them.
    /// </remarks>
    public TimeSpan? Run(bool blocking = true, CancellationToken cancellationToken = default) =>
        RunCore(blocking, forEver: false, cancellationToken);

    /// <summary>Runs the events, each at its time, and ends when none is left. Waits without holding a thread.</summary>
    /// <param name="cancellationToken">
    /// Ends the run between two events, and a wait at once. An event that runs goes on, and is waited for; its action may take the token.
    /// </param>
    /// <returns>A task that ends when no event is left, or with what <see cref="Run"/> throws.</returns>
    /// <remarks>The events run on the thread pool, one after the other; what is due at the call may run in the caller's thread.</remarks>
    public Task RunAsync(CancellationToken cancellationToken = default) => RunCoreAsync(forEver: false, cancellationToken);

    /// <summary>Runs the events, each at its time, in this thread, and waits for more when none is left.</summary>
    /// <param name="cancellationToken">Ends the run between two events, and a wait at once. An event that runs goes on.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled. The events that have not run stay in the queue.</exception>
    /// <exception cref="Exception">Whatever the action of an event threw, as in <see cref="Run"/>.</exception>
    /// <remarks>Python has no such method.</remarks>
    public void RunForever(CancellationToken cancellationToken = default) => _ = RunCore(blocking: true, forEver: true, cancellationToken);

    /// <summary>Runs the events, each at its time, and waits for more when none is left. Waits without holding a thread.</summary>
    /// <param name="cancellationToken">As in <see cref="RunAsync"/>.</param>
    /// <returns>A task that ends with what <see cref="RunForever"/> throws.</returns>
    public Task RunForeverAsync(CancellationToken cancellationToken = default) => RunCoreAsync(forEver: true, cancellationToken);

    /// <summary>How many events wait.</summary>
    /// <returns>For example <c>Scheduler (3 events)</c>.</returns>
    public override string ToString() => $"Scheduler ({_queue.Count} events)";

    private TimeSpan? RunCore(bool blocking, bool forEver, CancellationToken cancellationToken)
    {
        DateTimeOffset now = Now;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TakeOrDelay(ref now, out TimeSpan? delay, out Task changed) is { } due)
            {
                Start(due, cancellationToken)?.GetAwaiter().GetResult();
            }
            else if (!blocking || (delay is null && !forEver))
            {
                return delay;
            }
            else
            {
                Alarm.Wait(changed, delay, TimeProvider, cancellationToken);
            }
        }
    }

    private async Task RunCoreAsync(bool forEver, CancellationToken cancellationToken)
    {
        DateTimeOffset now = Now;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TakeOrDelay(ref now, out TimeSpan? delay, out Task changed) is { } due)
            {
                if (Start(due, cancellationToken) is { } running)
                {
                    await running.ConfigureAwait(false);
                }
            }
            else if (delay is null && !forEver)
            {
                return;
            }
            else
            {
                await Alarm.WaitAsync(changed, delay, TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The first event if it is due, out of the queue; otherwise how long until one is, and what ends a wait for that.</summary>
    /// <param name="now">What the clock last showed. It never runs backwards, so what was due then is due now, and a row of late events
    /// asks it once.</param>
    /// <param name="delay"><see langword="null"/> when there is no event.</param>
    /// <param name="changed">Completes when <paramref name="delay"/> is no longer right.</param>
    private ScheduledEvent<DateTimeOffset>? TakeOrDelay(ref DateTimeOffset now, out TimeSpan? delay, out Task changed)
    {
        while (true)
        {
            if (_queue.TryTake(now, out ScheduledEvent<DateTimeOffset>? due))
            {
                (delay, changed) = (null, Task.CompletedTask);
                return due;
            }

            DateTimeOffset? next = _queue.NextTime(out changed);
            now = Now;
            delay = next - now;
            if (next is null || next > now)
            {
                return null;
            }
        }
    }

    private static Task? Start(ScheduledEvent<DateTimeOffset> due, CancellationToken cancellationToken)
    {
        switch (due.Action)
        {
            case Action action:
                action();
                return null;
            case Func<Task> action:
                return action();
            default:
                return ((Func<CancellationToken, Task>)due.Action)(cancellationToken);
        }
    }
}
