using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Tasks;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

/// <summary>Runs calls somewhere else: in other threads, in other processes, or for debugging right here.</summary>
/// <remarks>
/// <para>
/// <c>Submit</c> gives a <see cref="Future{T}"/> of the call, <c>SubmitAsync</c> a task of its result, <c>Map</c> calls a function for each
/// item of a sequence. All take lambdas, method groups and async functions.
/// </para>
/// <para>
/// Disposing an executor waits for all of its calls; <c>await using</c> does so without holding a thread.
/// Python: <c>concurrent.futures.Executor</c>.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public abstract partial class Executor : IDisposable, IAsyncDisposable
{
    private protected Executor(string name) => Name = name;

    /// <summary>The name of the executor in messages.</summary>
    public string Name { get; }

    /// <summary>How many calls it can run at the same time.</summary>
    public abstract int MaxWorkers { get; }

    /// <summary>Takes no more calls, and by default waits until the ones it has are done.</summary>
    /// <param name="wait">
    /// Whether to wait until all calls have ended and the workers are gone. With <see langword="false"/> that happens in the background.
    /// </param>
    /// <param name="cancelFutures">Whether to cancel the calls that have not started. Running ones go on.</param>
    /// <remarks>
    /// May be called again, to wait or to cancel after all. Python: <c>Executor.shutdown</c>.
    /// </remarks>
    public abstract void Shutdown(bool wait = true, bool cancelFutures = false);

    /// <summary>Takes no more calls, and waits without holding a thread until the ones it has are done.</summary>
    /// <param name="cancelFutures">Whether to cancel the calls that have not started. Running ones go on.</param>
    /// <param name="cancellationToken">Cancels the wait. The executor stays shut down and ends in the background.</param>
    /// <returns>A task that ends when all calls have ended and the workers are gone.</returns>
    public abstract Task ShutdownAsync(bool cancelFutures = false, CancellationToken cancellationToken = default);

    /// <summary>Shuts the executor down and waits for its calls, as <c>Shutdown(wait: true)</c>.</summary>
    public void Dispose()
    {
        Shutdown(wait: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Shuts the executor down and waits for its calls without holding a thread, as <see cref="ShutdownAsync"/>.</summary>
    /// <returns>A task that ends when all calls have ended and the workers are gone.</returns>
    public async ValueTask DisposeAsync()
    {
        await ShutdownAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes a scheduler that runs tasks as calls of this executor.</summary>
    /// <returns>
    /// For <c>Task.Factory.StartNew</c>, <see cref="TaskFactory"/>, <see cref="ParallelOptions.TaskScheduler"/> and what else takes one. It
    /// holds the executor, and refuses tasks (<see cref="TaskSchedulerException"/>) when that was shut down.
    /// </returns>
    /// <exception cref="NotSupportedException">The calls run in other processes, where no task can go.</exception>
    /// <remarks>
    /// A task is one call. A task that waits for another one of the same scheduler runs it in place where it can. Python has no such thing.
    /// </remarks>
    public TaskScheduler AsTaskScheduler() => IsInThisProcess
        ? new ExecutorTaskScheduler(this)
        : throw new NotSupportedException(
            $"{this} runs its calls in other processes, and a task shares the memory of the one that made it. Take a ThreadPoolExecutor for " +
            "tasks, or Submit functions to this one.");

    /// <summary>The kind and name of the executor.</summary>
    /// <returns>For example <c>ProcessPoolExecutor 'pool-1'</c>.</returns>
    public override string ToString() => $"{GetType().Name} '{Name}'";

    /// <summary>Whether calls share the memory of their caller.</summary>
    internal virtual bool IsInThisProcess => true;

    /// <summary>The one way by which every call reaches the executor.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="call">What to run.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="cancellationToken">
    /// The caller's token, not cancelled so far. Its later cancellation reaches the call by way of the future and its owner; only an executor
    /// that runs the call before it returns needs to look at it.
    /// </param>
    /// <returns>The future of the call.</returns>
    /// <exception cref="InvalidOperationException">The executor was shut down (<see cref="ShutDownError"/>) or is broken.</exception>
    private protected abstract Future<T> SubmitCore<T>(
        ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken);

    /// <summary>What submitting a call to an executor that was shut down throws.</summary>
    private protected InvalidOperationException ShutDownError() => new(
        $"{this} was shut down (Shutdown or Dispose was called), so it takes no new calls. Submit before that, or make a new executor.");

    internal Future<T> SubmitCall<T>(ExecutorCall<T> call, CallOptions? options, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Future<T>.Cancelled(options?.Name, cancellationToken);
        }

        Future<T> future = SubmitCore(call, options ?? CallOptions.Default, cancellationToken);
        if (cancellationToken.CanBeCanceled && !future.IsDone)
        {
            TokenLink.Tie(future, cancellationToken);
        }

        return future;
    }
}
