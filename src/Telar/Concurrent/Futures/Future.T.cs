using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

// Invariants
//   I7  _result is written by the winner of Settling alone (I1) and read only after the final state was seen (I2).
//   I8  _task, once set, is the one task of this future; the compare-and-swap that sets it decides whose.

/// <summary>A call that was given to an executor, and the value that it returns.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <remarks>
/// Wait for it (<see cref="Result()"/>), await it, or pass it where a <see cref="Task{TResult}"/> is wanted.
/// Python: <c>concurrent.futures.Future</c>.
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public class Future<T> : Future
{
    [AllowNull]
    private T _result;
    private Task<T>? _task;

    internal Future(string? name = null)
        : base(name)
    {
    }

    private protected override string TypeName =>
        typeof(T) == typeof(Calls.Nothing) ? nameof(Future) : $"{nameof(Future)}<{Phrases.TypeName(typeof(T))}>";

    private protected override string ResultTypeName =>
        typeof(T) == typeof(Calls.Nothing) ? "nothing" : _result is null ? "null" : Phrases.TypeName(_result.GetType());

    /// <summary>Waits for the call to end and returns its result.</summary>
    /// <returns>The value the call returned.</returns>
    /// <exception cref="FutureCancelledException">The call was cancelled.</exception>
    /// <exception cref="System.Exception">Whatever the call ended with, with its stack.</exception>
    /// <remarks>Python: <c>Future.result</c>.</remarks>
    public new T Result() => Result(Timeout.InfiniteTimeSpan);

    /// <summary>Waits for the call to end, but no longer than a time-out, and returns its result.</summary>
    /// <param name="timeout">
    /// How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever, <see cref="TimeSpan.Zero"/> only looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait. The call itself goes on.</param>
    /// <returns>The value the call returned.</returns>
    /// <exception cref="TimeoutException">The call did not end within <paramref name="timeout"/>; it goes on.</exception>
    /// <exception cref="OperationCanceledException">This wait was cancelled; the call goes on.</exception>
    /// <exception cref="FutureCancelledException">The call was cancelled.</exception>
    /// <exception cref="System.Exception">Whatever the call ended with, with its stack.</exception>
    public new T Result(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        WaitOrThrow(timeout, cancellationToken);
        ThrowIfUnsuccessful();
        return _result;
    }

    /// <summary>Waits for the call to end and returns its result, without holding a thread.</summary>
    /// <param name="cancellationToken">Cancels the wait. The call itself goes on.</param>
    /// <returns>A task that ends as the call ends.</returns>
    public override Task<T> ResultAsync(CancellationToken cancellationToken = default) => AsTask().WaitAsync(cancellationToken);

    /// <summary>Waits for the call to end, but no longer than a time-out, without holding a thread.</summary>
    /// <param name="timeout">How long to wait; as in <see cref="Result(TimeSpan, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels the wait. The call itself goes on.</param>
    /// <returns>
    /// A task that ends as the call ends, or with <see cref="TimeoutException"/> when that took longer than <paramref name="timeout"/>.
    /// </returns>
    public override Task<T> ResultAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Deadline.ThrowIfInvalid(timeout);
        return IsDone || timeout == Timeout.InfiniteTimeSpan ? ResultAsync(cancellationToken) : Core(timeout, cancellationToken);

        async Task<T> Core(TimeSpan timeout, CancellationToken cancellationToken) =>
            await WaitForEndAsync(Deadline.After(timeout), cancellationToken).ConfigureAwait(false)
                ? await AsTask().ConfigureAwait(false)
                : throw NewTimeout(timeout);
    }

    /// <summary>Runs a callback when the call has ended.</summary>
    /// <param name="callback">
    /// Gets this future. Runs on the thread that ends the call (so it should be quick), or now and here when the call has ended already.
    /// </param>
    /// <remarks>
    /// Callbacks run once each, in the order in which they were added. Threads and tasks that wait for the result are released first. What a
    /// callback throws goes to <see cref="Future.CallbackFailed"/>. Python: <c>Future.add_done_callback</c>.
    /// </remarks>
    public void AddDoneCallback(Action<Future<T>> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        AddCallback(callback);
    }

    /// <summary>The task that ends as this call ends; the same one every time.</summary>
    /// <returns>A task whose continuations never run on the thread that ends the call.</returns>
    public override Task<T> AsTask()
    {
        if (Volatile.Read(ref _task) is { } known)
        {
            return known;
        }

        if (IsDone)
        {
            Task<T> ended = ToCompletedTask();
            return Interlocked.CompareExchange(ref _task, ended, null) ?? ended;
        }

        TaskBridge<T> bridge = new();
        if (Interlocked.CompareExchange(ref _task, bridge.Task, null) is { } other)
        {
            return other;
        }

        if (!AddWaiter(bridge))
        {
            bridge.Notify(this);
        }

        return bridge.Task;
    }

    /// <summary>Makes the future awaitable.</summary>
    /// <returns>The awaiter of <see cref="AsTask"/>.</returns>
    public new TaskAwaiter<T> GetAwaiter() => AsTask().GetAwaiter();

    /// <summary>Awaits the future with a choice of where to continue, as <see cref="Task{TResult}.ConfigureAwait(bool)"/>.</summary>
    /// <param name="continueOnCapturedContext">Whether to continue on the caller's synchronization context.</param>
    /// <returns>Something to await.</returns>
    public new ConfiguredTaskAwaitable<T> ConfigureAwait(bool continueOnCapturedContext) =>
        AsTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>Passes a future where a task with a result is wanted.</summary>
    /// <param name="future">The future.</param>
    public static implicit operator Task<T>(Future<T> future)
    {
        ArgumentNullException.ThrowIfNull(future);
        return future.AsTask();
    }

    /// <summary>Passes a future where a task is wanted.</summary>
    /// <param name="future">The future.</param>
    // Without this one the compiler finds two ways from Future<T> to Task and takes neither.
    public static implicit operator Task(Future<T> future)
    {
        ArgumentNullException.ThrowIfNull(future);
        return future.AsTask();
    }

    /// <summary>A future that was cancelled before anybody had to do with it.</summary>
    internal static Future<T> Cancelled(string? name, CancellationToken token)
    {
        Future<T> future = new(name);
        future.TrySetCancelled(token);
        return future;
    }

    internal bool TrySetResult(T value) => TrySettleResult(value) && TellWaiters();

    /// <inheritdoc cref="Future.TrySettleException(Exception)"/>
    internal bool TrySettleResult(T value)
    {
        if (!TryBeginSettle(evenIfRunning: true))
        {
            return false;
        }

        _result = value;
        EndSettle(FutureState.Finished);
        return true;
    }

    /// <summary>A new, completed task with the outcome of this future, which must be done.</summary>
    internal Task<T> ToCompletedTask()
    {
        if (IsCancelled)
        {
            // The one way to a task that is cancelled and throws an exception of our own.
            AsyncTaskMethodBuilder<T> builder = AsyncTaskMethodBuilder<T>.Create();
            Task<T> task = builder.Task;
            builder.SetException(NewCancelled());
            return task;
        }

        return FailureOrNull() is { } failure ? Task.FromException<T>(failure) : Task.FromResult(_result);
    }
}
