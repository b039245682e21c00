using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Telar.Internal.Waiting;

// State machine: see Waiter. After Done the awaiting code takes the result, and the object goes back to the pool:
//
//   pool -- Rent --> Idle -- Append, Arm --> Queued --> Taken --> Done -- GetResult, or Recycle --> pool
//
// Invariants
//   I1  Its version changes with each Rent: whoever awaits a ValueTask twice gets an InvalidOperationException, not another's result.
//   I2  It goes back to the pool only when no callback of its token or timer can still come: one that could is left to the collector.
//   I3  Arm has returned before anybody can take the result, because its caller still holds the ValueTask then.
// Ownership
//   Whoever rents it arms it and returns its task. Taking the result of Task returns it to the pool; the result of OutcomeTask
//   leaves it to the caller, who reads Payload and calls Recycle.

/// <summary>An await that waits. Objects are pooled: an await that waits without time-out or token allocates nothing here.</summary>
/// <remarks>Continuations never run inside <see cref="Complete"/>, but on the thread pool or in the captured context.</remarks>
internal sealed class AsyncWaiter : Waiter, IValueTaskSource<bool>, IValueTaskSource<WaitOutcome>
{
    private static readonly Action<object?> s_cancelled = static waiter => ((AsyncWaiter)waiter!).GiveUp(WaitOutcome.Cancelled);

    // The longest time of a timer; a longer wait arms it again.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(40);

    private static readonly AsyncWaiter?[] s_pool = new AsyncWaiter?[Math.Min(64, 4 * Environment.ProcessorCount)];

    [ThreadStatic]
    private static AsyncWaiter? t_spare;

    private ManualResetValueTaskSourceCore<WaitOutcome> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private WaitDeadline _deadline;
    private ITimer? _timer;

    private AsyncWaiter()
    {
    }

    /// <summary>
    /// The wait as its caller gets it: true when granted, false when the time was over, an <see cref="OperationCanceledException"/> when
    /// cancelled. Take it before the waiter can be completed.
    /// </summary>
    internal ValueTask<bool> Task => new(this, _core.Version);

    /// <summary>The wait as its owner gets it: never an exception, and the waiter stays the caller's until <see cref="Recycle"/>.</summary>
    internal ValueTask<WaitOutcome> OutcomeTask => new(this, _core.Version);

    /// <summary>The token of its value tasks, for one that wraps it in a task of another type.</summary>
    internal short Version => _core.Version;

    /// <summary>A waiter, ready to be appended.</summary>
    internal static AsyncWaiter Rent(IWaitOwner owner, string? purpose = null)
    {
        AsyncWaiter? waiter = t_spare;
        if (waiter is not null)
        {
            t_spare = null;
        }
        else
        {
            waiter = FromPool() ?? new AsyncWaiter();
        }

        waiter.Owner = owner;
        waiter.Purpose = purpose;
        waiter.IsCommitted = false;
        waiter.Since = Stopwatch.GetTimestamp();
        return waiter;
    }

    /// <summary>Lets time and token end the wait. Called once, outside the latch, after Append and before the task is given away.</summary>
    internal void Arm(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        _token = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(s_cancelled, this);
        if (deadline.IsZero)
        {
            GiveUp(WaitOutcome.TimedOut);
        }
        else if (!deadline.IsNever)
        {
            _deadline = deadline;
            StartTimer();
        }
    }

    /// <summary>Ends the use of what <see cref="Rent"/> returned. Nobody but the caller may refer to it any more.</summary>
    internal void Recycle()
    {
        bool noCallback = _registration == default || _registration.Unregister();
        _timer?.Dispose();
        if (!noCallback || _timer is not null)
        {
            return;
        }

        _registration = default;
        _token = default;
        Payload = null;
        Owner = null;
        Purpose = null;
        _core.Reset();
        if (t_spare is null)
        {
            t_spare = this;
        }
        else
        {
            ToPool(this);
        }
    }

    /// <inheritdoc/>
    internal override void Complete(WaitOutcome outcome) => _core.SetResult(outcome);

    /// <inheritdoc/>
    internal override string Describe() => "an await";

    /// <inheritdoc/>
    bool IValueTaskSource<bool>.GetResult(short token)
    {
        WaitOutcome outcome = _core.GetResult(token);
        CancellationToken cancellationToken = _token;
        Recycle();
        return outcome.IsGranted(cancellationToken);
    }

    /// <inheritdoc/>
    WaitOutcome IValueTaskSource<WaitOutcome>.GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => StatusOf(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<WaitOutcome>.GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <inheritdoc/>
    void IValueTaskSource<WaitOutcome>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private static AsyncWaiter? FromPool()
    {
        foreach (ref AsyncWaiter? slot in s_pool.AsSpan())
        {
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } waiter)
            {
                return waiter;
            }
        }

        return null;
    }

    private static void ToPool(AsyncWaiter waiter)
    {
        foreach (ref AsyncWaiter? slot in s_pool.AsSpan())
        {
            if (slot is null && Interlocked.CompareExchange(ref slot, waiter, null) is null)
            {
                return;
            }
        }
    }

    // AsTask looks here to tell a cancelled wait from a failed one.
    private ValueTaskSourceStatus StatusOf(short token)
    {
        ValueTaskSourceStatus status = _core.GetStatus(token);
        return status == ValueTaskSourceStatus.Succeeded && _core.GetResult(token) == WaitOutcome.Cancelled
            ? ValueTaskSourceStatus.Canceled
            : status;
    }

    private void GiveUp(WaitOutcome outcome)
    {
        if (Owner is { } owner && owner.TryWithdraw(this))
        {
            Complete(outcome);
        }
    }

    private void StartTimer()
    {
        // A timer would keep the caller's context alive, and never runs anything of his.
        bool flows = !ExecutionContext.IsFlowSuppressed();
        AsyncFlowControl flow = flows ? ExecutionContext.SuppressFlow() : default;
        try
        {
            // Started only when the field is written: its callback uses it.
            _timer = TimeProvider.System.CreateTimer(
                static waiter => ((AsyncWaiter)waiter!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Schedule();
        }
        finally
        {
            if (flows)
            {
                flow.Undo();
            }
        }
    }

    // The timer's clock is coarser than ours and may come early.
    private void Tick()
    {
        if (_deadline.IsOver)
        {
            GiveUp(WaitOutcome.TimedOut);
        }
        else
        {
            Schedule();
        }
    }

    private void Schedule()
    {
        TimeSpan left = _deadline.Remaining;
        left = left > s_longest ? s_longest : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        _timer!.Change(left, Timeout.InfiniteTimeSpan); // set before the first call
    }
}
