using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

// State machine (one word, _state; every transition is one compare-and-swap)
//
//                  TryRun                  result / exception
//    Pending -----------------> Running ------------------------> Finished
//      |  |                        |                                 ^
//      |  +------------------------|---------------------------------+   (an executor that broke before the start)
//      |                           | stopped by the executor
//      +---- Cancel --------> Cancelled
//
//    bits 0-1  FutureState; bit 1 alone says "final"
//    bit  2    Settling: one thread has won the right to end this future and is writing the outcome
//    bit  3    Ran: it was Running once
//    bit  4    Told: SetRunningOrNotifyCancel has told the executor of the cancellation
//
// Invariants
//   I1  Settling is set at most once, and only its winner writes the outcome (_reason, the result of Future<T>).
//   I2  The release of the final state in EndSettle pairs with the acquire in State: who sees it final sees the outcome.
//   I3  _waiters is Closed  =>  the state is final. The converse holds a moment later, when the winner has swapped it.
//   I4  Each waiter is told exactly once: by the winner, who took the list away, or by AddWaiter's caller, who got false.
//   I5  _reason is a boxed token while somebody asks for cancellation; an ExceptionDispatchInfo only in a failed future.
// Locks
//   A waiter list is locked while it is changed, and is a leaf. Waiters are told without any lock.
// Ownership
//   The executor ends the future. The winner of Settling alone takes and tells the waiters.

/// <summary>A call that was given to an executor, and its outcome.</summary>
/// <remarks>
/// <para>
/// This is the future of a call that returns nothing, and the base of <see cref="Future{T}"/>. Executors make futures; to make one by hand
/// (an executor of your own, a test) use <see cref="FutureSource{T}"/>.
/// </para>
/// <para>
/// Python: <c>concurrent.futures.Future</c>. It can be awaited as well as waited for, an exception arrives with its stack and never inside
/// an <see cref="AggregateException"/>, and a running call can be asked to stop (<see cref="CancelRunning"/>).
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public abstract class Future
{
    private const int StateMask = 0b11;
    private const int FinalBit = 0b10;
    private const int Settling = 1 << 2;
    private const int Ran = 1 << 3;
    private const int Told = 1 << 4;

    private static readonly object s_closed = new();

    // null -> one waiter -> a list of them -> Closed (from any of the three).
    private object? _waiters;
    private object? _reason;
    private IFutureOwner? _owner;
    private int _state;

    private protected Future(string? name, IFutureOwner? owner)
    {
        Name = name;
        _owner = owner;
    }

    /// <summary>Raised when a callback given to <c>AddDoneCallback</c> threw an exception.</summary>
    /// <remarks>
    /// The exception has nobody else to go to: the other callbacks and the executor go on. While nobody listens here, it is written to
    /// standard error. Handlers run on the thread that ran the callback.
    /// </remarks>
    public static event EventHandler<FutureCallbackFailedEventArgs>? CallbackFailed;

    /// <summary>Where the call is in its life.</summary>
    /// <value>A snapshot: only <see cref="FutureState.Cancelled"/> and <see cref="FutureState.Finished"/> last.</value>
    public FutureState State => (FutureState)(Volatile.Read(ref _state) & StateMask);

    /// <summary>Whether the call has ended: with a result, an exception or by cancellation.</summary>
    /// <remarks>Python: <c>Future.done</c>.</remarks>
    public bool IsDone => (Volatile.Read(ref _state) & FinalBit) != 0;

    /// <summary>Whether a worker is running the call now.</summary>
    /// <remarks>Python: <c>Future.running</c>.</remarks>
    public bool IsRunning => State == FutureState.Running;

    /// <summary>Whether the call was cancelled before it started, or stopped while it ran.</summary>
    /// <remarks>Python: <c>Future.cancelled</c>.</remarks>
    public bool IsCancelled => State == FutureState.Cancelled;

    /// <summary>The name the call was given in <see cref="CallOptions.Name"/>, for messages.</summary>
    /// <value><see langword="null"/> when it was given none.</value>
    public string? Name { get; }

    /// <summary>Whether the call ended with an exception.</summary>
    internal bool IsFailed => State == FutureState.Finished && _reason is ExceptionDispatchInfo;

    /// <summary>Cancels the call if it has not started.</summary>
    /// <returns>
    /// <see langword="true"/> when the call is cancelled, now or before: it will never run, and the callbacks have been or are being run.
    /// <see langword="false"/> when it is running or has finished, which this does not change.
    /// </returns>
    /// <remarks>Python: <c>Future.cancel</c>. To stop a running call see <see cref="CancelRunning"/>.</remarks>
    public bool Cancel()
    {
        IFutureOwner? owner = Volatile.Read(ref _owner);
        if (SettledState() == FutureState.Pending
            && (owner is null || owner.Withdraw(this))
            && TryBeginSettle(evenIfRunning: false))
        {
            EndSettle(FutureState.Cancelled);
        }

        return SettledState() == FutureState.Cancelled;
    }

    /// <summary>Cancels the call if it has not started, and otherwise asks the executor to stop it.</summary>
    /// <returns>
    /// <see langword="true"/> when the call is cancelled or was asked to stop; <see langword="false"/> when it has finished, or its executor
    /// has no way to stop it.
    /// </returns>
    /// <remarks>
    /// A running call is first asked through its <see cref="CancellationToken"/>. A pool of processes replaces the worker when the call still
    /// runs after the grace (<see cref="CallOptions.Grace"/>). This method does not wait for that: the future becomes
    /// <see cref="FutureState.Cancelled"/> when the call has really ended, and keeps its result when that was quicker.
    /// Python has no such method.
    /// </remarks>
    public bool CancelRunning() => CancelFor(CancellationToken.None);

    /// <summary>Waits for the call to end.</summary>
    /// <exception cref="FutureCancelledException">The call was cancelled.</exception>
    /// <exception cref="System.Exception">Whatever the call ended with, with its stack.</exception>
    /// <remarks>Python: <c>Future.result</c>.</remarks>
    public void Result() => Result(Timeout.InfiniteTimeSpan);

    /// <summary>Waits for the call to end, but no longer than a time-out.</summary>
    /// <param name="timeout">
    /// How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever, <see cref="TimeSpan.Zero"/> only looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait. The call itself goes on.</param>
    /// <exception cref="TimeoutException">The call did not end within <paramref name="timeout"/>; it goes on.</exception>
    /// <exception cref="OperationCanceledException">This wait was cancelled; the call goes on.</exception>
    /// <exception cref="FutureCancelledException">The call was cancelled.</exception>
    /// <exception cref="System.Exception">Whatever the call ended with, with its stack.</exception>
    public void Result(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        WaitOrThrow(timeout, cancellationToken);
        ThrowIfUnsuccessful();
    }

    /// <summary>Waits for the call to end, without holding a thread.</summary>
    /// <param name="cancellationToken">Cancels the wait. The call itself goes on.</param>
    /// <returns>A task that ends as the call ends.</returns>
    public abstract Task ResultAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits for the call to end, but no longer than a time-out, without holding a thread.</summary>
    /// <param name="timeout">How long to wait; as in <see cref="Result(TimeSpan, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. The call itself goes on.</param>
    /// <returns>
    /// A task that ends as the call ends, or with <see cref="TimeoutException"/> when that took longer than <paramref name="timeout"/>.
    /// </returns>
    public abstract Task ResultAsync(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Waits for the call to end and returns the exception that it ended with.</summary>
    /// <returns>The exception, not thrown; <see langword="null"/> when the call succeeded.</returns>
    /// <exception cref="FutureCancelledException">The call was cancelled.</exception>
    /// <remarks>Python: <c>Future.exception</c>.</remarks>
    public Exception? Exception() => Exception(Timeout.InfiniteTimeSpan);

    /// <summary>Waits for the call to end, but no longer than a time-out, and returns the exception that it ended with.</summary>
    /// <param name="timeout">How long to wait; as in <see cref="Result(TimeSpan, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. The call itself goes on.</param>
    /// <returns>The exception, not thrown; <see langword="null"/> when the call succeeded.</returns>
    /// <exception cref="TimeoutException">The call did not end within <paramref name="timeout"/>; it goes on.</exception>
    /// <exception cref="OperationCanceledException">This wait was cancelled; the call goes on.</exception>
    /// <exception cref="FutureCancelledException">The call was cancelled.</exception>
    public Exception? Exception(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        WaitOrThrow(timeout, cancellationToken);
        ThrowIfCancelled();
        return FailureOrNull();
    }

    /// <summary>Waits for the call to end, without holding a thread, and returns the exception that it ended with.</summary>
    /// <param name="cancellationToken">Cancels the wait. The call itself goes on.</param>
    /// <returns>As <see cref="Exception()"/>.</returns>
    public Task<Exception?> ExceptionAsync(CancellationToken cancellationToken = default) =>
        ExceptionAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Waits for the call to end, but no longer than a time-out, and returns the exception that it ended with.</summary>
    /// <param name="timeout">How long to wait; as in <see cref="Result(TimeSpan, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. The call itself goes on.</param>
    /// <returns>As <see cref="Exception(TimeSpan, CancellationToken)"/>.</returns>
    public Task<Exception?> ExceptionAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Deadline.ThrowIfInvalid(timeout);
        return Core(timeout, cancellationToken);

        async Task<Exception?> Core(TimeSpan timeout, CancellationToken cancellationToken)
        {
            if (!await WaitForEndAsync(Deadline.After(timeout), cancellationToken).ConfigureAwait(false))
            {
                throw NewTimeout(timeout);
            }

            ThrowIfCancelled();
            return FailureOrNull();
        }
    }

    /// <summary>Runs a callback when the call has ended.</summary>
    /// <param name="callback">
    /// Gets this future. Runs on the thread that ends the call (so it should be quick), or now and here when the call has ended already.
    /// </param>
    /// <remarks>
    /// Callbacks run once each, in the order in which they were added. Threads and tasks that wait for the result are released first. What a
    /// callback throws goes to <see cref="CallbackFailed"/>. Python: <c>Future.add_done_callback</c>.
    /// </remarks>
    public void AddDoneCallback(Action<Future> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        AddCallback(callback);
    }

    /// <summary>The task that ends as this call ends; the same one every time.</summary>
    /// <returns>A task whose continuations never run on the thread that ends the call.</returns>
    public abstract Task AsTask();

    /// <summary>Makes the future awaitable.</summary>
    /// <returns>The awaiter of <see cref="AsTask"/>.</returns>
    public TaskAwaiter GetAwaiter() => AsTask().GetAwaiter();

    /// <summary>Awaits the future with a choice of where to continue, as <see cref="Task.ConfigureAwait(bool)"/>.</summary>
    /// <param name="continueOnCapturedContext">Whether to continue on the caller's synchronization context.</param>
    /// <returns>Something to await.</returns>
    public ConfiguredTaskAwaitable ConfigureAwait(bool continueOnCapturedContext) =>
        AsTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>Passes a future where a task is wanted.</summary>
    /// <param name="future">The future.</param>
    public static implicit operator Task(Future future)
    {
        ArgumentNullException.ThrowIfNull(future);
        return future.AsTask();
    }

    /// <summary>The future with its name, its state and the type of its result or exception.</summary>
    /// <returns>For example <c>Future&lt;Int32&gt; 'resize' finished, returned Int32</c>.</returns>
    public override string ToString()
    {
        string name = Name is null ? "" : $" '{Name}'";
        string state = State switch
        {
            FutureState.Pending => "pending",
            FutureState.Running => "running",
            FutureState.Cancelled => "cancelled",
            _ when FailureOrNull() is { } failure => $"finished, raised {Phrases.TypeName(failure.GetType())}",
            _ => $"finished, returned {ResultTypeName}",
        };
        return $"{TypeName}{name} {state}";
    }

    /// <summary>The name of this future's own type.</summary>
    private protected abstract string TypeName { get; }

    /// <summary>The name of the type of the result that arrived.</summary>
    private protected abstract string ResultTypeName { get; }

    /// <summary>Reports an exception that a callback threw: to the listeners, or else to standard error.</summary>
    internal static void ReportCallbackFailure(Future future, Exception exception)
    {
        try
        {
            if (CallbackFailed is { } handlers)
            {
                handlers(future, new FutureCallbackFailedEventArgs(future, exception));
                return;
            }

            Console.Error.WriteLine(
                $"A done callback of {future} threw an exception. The call and the other callbacks are not affected. " +
                $"Catch it in the callback, or listen to Future.CallbackFailed.{Environment.NewLine}{exception}");
        }
        catch (Exception)
        {
            // A handler that throws, or a closed standard error, must not reach the executor's thread: there is nowhere left to report to.
        }
    }

    /// <summary>As <see cref="CancelRunning"/>; the token that asks is the one that waiters then find in their exception.</summary>
    internal bool CancelFor(CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            Interlocked.CompareExchange(ref _reason, token, null);
        }

        return Cancel() || (Volatile.Read(ref _owner) is { } owner && owner.RequestStop(this)) || IsCancelled;
    }

    /// <summary>Pending to Running.</summary>
    /// <returns><see langword="true"/> when it is running, now or already (a call that is run again stays running).</returns>
    internal bool TryRun()
    {
        int before = Interlocked.CompareExchange(ref _state, (int)FutureState.Running | Ran, (int)FutureState.Pending);
        return before == (int)FutureState.Pending || (before & (StateMask | Settling)) == (int)FutureState.Running;
    }

    /// <summary>Python's rules for the executor that is about to start a call: see <see cref="FutureSource{T}"/>.</summary>
    internal bool SetRunningOrNotifyCancel()
    {
        int before = Interlocked.CompareExchange(ref _state, (int)FutureState.Running | Ran, (int)FutureState.Pending);
        if (before == (int)FutureState.Pending)
        {
            return true;
        }

        // A call that was cancelled while it ran, or that was asked about before, is none that is about to start.
        bool isNews = SettledState() == FutureState.Cancelled
            && Interlocked.CompareExchange(
                ref _state, (int)FutureState.Cancelled | Told, (int)FutureState.Cancelled) == (int)FutureState.Cancelled;
        return isNews
            ? false
            : throw InvalidStateException.For(this, nameof(SetRunningOrNotifyCancel), "a Pending or newly Cancelled");
    }

    internal bool TrySetException(Exception exception)
    {
        ExceptionDispatchInfo failure = ExceptionDispatchInfo.Capture(exception);
        if (!TryBeginSettle(evenIfRunning: true))
        {
            return false;
        }

        _reason = failure;
        EndSettle(FutureState.Finished);
        return true;
    }

    internal bool TrySetCancelled(CancellationToken token)
    {
        if (!TryBeginSettle(evenIfRunning: true))
        {
            return false;
        }

        if (token.CanBeCanceled)
        {
            _reason = token;
        }

        EndSettle(FutureState.Cancelled);
        return true;
    }

    /// <summary>Wins the right to write the outcome; the winner must call <see cref="EndSettle"/>.</summary>
    private protected bool TryBeginSettle(bool evenIfRunning)
    {
        int state = Volatile.Read(ref _state);
        while ((state & (FinalBit | Settling)) == 0 && (evenIfRunning || (state & StateMask) == (int)FutureState.Pending))
        {
            int before = Interlocked.CompareExchange(ref _state, state | Settling, state);
            if (before == state)
            {
                return true;
            }

            state = before;
        }

        return false;
    }

    private protected void EndSettle(FutureState final)
    {
        Volatile.Write(ref _state, (int)final | (_state & Ran));

        // The record of a call holds its arguments: they must not live as long as the result does.
        Volatile.Write(ref _owner, null);
        switch (Interlocked.Exchange(ref _waiters, s_closed))
        {
            case IFutureWaiter waiter:
                waiter.Notify(this);
                break;
            case List<IFutureWaiter> waiters:
                // Whoever found the list before the swap adds to it under its lock: wait for him, then the list changes no more.
                lock (waiters)
                {
                }

                Tell(waiters);
                break;
        }
    }

    /// <summary>Has <paramref name="waiter"/> told when this future ends.</summary>
    /// <returns><see langword="false"/> when it has ended already: the waiter is not told.</returns>
    internal bool AddWaiter(IFutureWaiter waiter)
    {
        object? current = Volatile.Read(ref _waiters);
        while (current != s_closed)
        {
            if (current is List<IFutureWaiter> waiters)
            {
                lock (waiters)
                {
                    if (Volatile.Read(ref _waiters) == waiters)
                    {
                        waiters.Add(waiter);
                        return true;
                    }
                }

                return false;
            }

            object next = current is IFutureWaiter first ? new List<IFutureWaiter>(4) { first, waiter } : waiter;
            object? before = Interlocked.CompareExchange(ref _waiters, next, current);
            if (before == current)
            {
                return true;
            }

            current = before;
        }

        return false;
    }

    /// <summary>Takes back <see cref="AddWaiter"/>; the waiter may still be told when the future ends at this moment.</summary>
    internal void RemoveWaiter(IFutureWaiter waiter)
    {
        if (Interlocked.CompareExchange(ref _waiters, null, waiter) is List<IFutureWaiter> waiters)
        {
            lock (waiters)
            {
                if (Volatile.Read(ref _waiters) == waiters)
                {
                    waiters.Remove(waiter);
                }
            }
        }
    }

    /// <summary>Waits for the end, whatever it is.</summary>
    /// <returns><see langword="false"/> when the time ran out.</returns>
    internal bool WaitForEnd(Deadline deadline, CancellationToken cancellationToken)
    {
        if (IsDone)
        {
            return true;
        }

        BlockingWaiter waiter = new();
        if (!AddWaiter(waiter))
        {
            return true;
        }

        try
        {
            return waiter.Wait(deadline.Remaining, cancellationToken) || IsDone;
        }
        finally
        {
            RemoveWaiter(waiter);
        }
    }

    /// <summary>Waits for the end, whatever it is, without holding a thread.</summary>
    /// <returns><see langword="false"/> when the time ran out.</returns>
    internal async Task<bool> WaitForEndAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        if (IsDone)
        {
            return true;
        }

        Task task = AsTask();
        await task.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!IsDone)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }

        // Whoever waits here looks at the outcome itself: the task need not complain that nobody looked at its exception.
        _ = task.Exception;
        return true;
    }

    private protected void WaitOrThrow(TimeSpan timeout, CancellationToken cancellationToken)
    {
        Deadline.ThrowIfInvalid(timeout);
        if (!IsDone && !WaitForEnd(Deadline.After(timeout), cancellationToken))
        {
            throw NewTimeout(timeout);
        }
    }

    private protected void AddCallback<TFuture>(Action<TFuture> callback)
        where TFuture : Future
    {
        CallbackWaiter<TFuture> waiter = new(callback);
        if (!AddWaiter(waiter))
        {
            waiter.Notify(this);
        }
    }

    private protected void ThrowIfUnsuccessful()
    {
        ThrowIfCancelled();
        (_reason as ExceptionDispatchInfo)?.Throw();
    }

    private protected TimeoutException NewTimeout(TimeSpan timeout) => new(
        $"{Phrases.Sentence(Phrases.Call(Name))} had not ended after {Phrases.Duration(timeout)}; its state is {State} and it goes on. " +
        "Wait for it again, call Cancel or CancelRunning, or set CallOptions.Timeout to have such calls stopped.");

    private protected FutureCancelledException NewCancelled() =>
        new(this, hasRun: (_state & Ran) != 0, _reason is CancellationToken token ? token : default);

    private protected Exception? FailureOrNull() =>
        State == FutureState.Finished ? (_reason as ExceptionDispatchInfo)?.SourceException : null;

    private void ThrowIfCancelled()
    {
        if (IsCancelled)
        {
            throw NewCancelled();
        }
    }

    // Between winning Settling and the final state lie a few instructions, and whoever asks then wants to know how it ends.
    private FutureState SettledState()
    {
        SpinWait spinner = default;
        int state;
        while (((state = Volatile.Read(ref _state)) & Settling) != 0)
        {
            spinner.SpinOnce();
        }

        return (FutureState)(state & StateMask);
    }

    private void Tell(List<IFutureWaiter> waiters)
    {
        foreach (IFutureWaiter waiter in waiters)
        {
            if (!waiter.RunsUserCode)
            {
                waiter.Notify(this);
            }
        }

        foreach (IFutureWaiter waiter in waiters)
        {
            if (waiter.RunsUserCode)
            {
                waiter.Notify(this);
            }
        }
    }
}
