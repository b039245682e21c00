using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

// Its states, invariants and locks: Future.Settling.cs.

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
public abstract partial class Future
{
    private protected Future(string? name) => Name = name;

    /// <summary>
    /// Raised when a callback given to <c>AddDoneCallback</c> threw an exception, or one that a call of a thread pool registered on its
    /// token, when the token told it that its time is over.
    /// </summary>
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

    /// <summary>Whether the call has started, however it ended. A call that ended without having begun after all has not.</summary>
    internal bool HasRun => (Volatile.Read(ref _state) & Ran) != 0;

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
        IFutureOwner? owner = Owner;
        if (SettledState() == FutureState.Pending
            && (owner is null || owner.Withdraw(this))
            && TryBeginSettle(evenIfRunning: false))
        {
            EndSettle(FutureState.Cancelled);
            TellWaiters();
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

    /// <summary>Who runs the call and is asked before it is cancelled; null when nobody is, or the call has ended.</summary>
    private protected virtual IFutureOwner? Owner => null;

    /// <summary>Lets go of the owner: the call has ended.</summary>
    private protected virtual void ForgetOwner()
    {
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
                $"A callback of the future of {Phrases.Call(future.Name)} threw an exception. The call and the other callbacks are not affected. " +
                $"Catch it in the callback, or listen to Future.CallbackFailed.{Environment.NewLine}{exception}");
        }
        catch (Exception)
        {
            // A handler that throws, or a closed standard error, must not reach the executor's thread: there is nowhere left to report to.
        }
    }
}
