using System.Diagnostics;
using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Observing;
using Telar.Concurrent.Futures.Submitting;
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
    private readonly PendingRoom? _room;

    private protected Executor(string name, int? maxPending = null)
    {
        DiagnosticLibrary.Watch();
        Name = name;
        _room = maxPending is { } capacity ? new PendingRoom(capacity) : null;
        Governed = new GovernedCalls(CloseCore);
    }

    /// <summary>The name of the executor in messages.</summary>
    public string Name { get; }

    /// <summary>How many calls it can run at the same time.</summary>
    public abstract int MaxWorkers { get; }

    /// <summary>The calls that are repeated or wait for a permit.</summary>
    internal GovernedCalls Governed { get; }

    /// <summary>Whether calls are run inside Submit, and their pauses waited for there.</summary>
    internal virtual bool RunsInSubmit => false;

    /// <summary>Ends when the executor is closed (<see cref="CloseCore"/>), all its calls have ended and the workers are gone.</summary>
    private protected abstract Task Finished { get; }

    /// <summary>Whether it belongs to the whole program: nobody shuts it down.</summary>
    private protected virtual bool EndsWithProgram => false;

    /// <summary>Whether nothing stands between a call without options and the executor itself.</summary>
    private protected virtual bool IsDirect => _room is null && !Governed.IsClosed && !CallObservation.IsWanted;

    /// <summary>Whether the calling thread is one of the executor's own, which must not wait for the executor.</summary>
    private protected virtual bool IsOwnThread => false;

    /// <summary>What the executor is doing at this moment, and what it has done.</summary>
    public abstract ExecutorStatistics Statistics { get; }

    /// <summary>The figures of <see cref="Statistics"/> that are looked at often.</summary>
    internal abstract ExecutorLoad Load { get; }

    /// <summary>Whether it was shut down and nothing of it is left.</summary>
    internal abstract bool HasEnded { get; }

    /// <summary>What a call is to its caller's trace: a part of this process, or a request to another.</summary>
    internal virtual ActivityKind CallKind => ActivityKind.Internal;

    /// <summary>Takes no more calls, and by default waits until the ones it has are done.</summary>
    /// <param name="wait">
    /// Whether to wait until all calls have ended and the workers are gone. With <see langword="false"/> that happens in the background.
    /// </param>
    /// <param name="cancelFutures">Whether to cancel the calls that have not started. Running ones go on.</param>
    /// <remarks>
    /// May be called again, to wait or to cancel after all. A call of a pool of threads, or a callback that runs on a thread of the
    /// executor, does not wait here, as it would wait for itself. Python: <c>Executor.shutdown</c>.
    /// </remarks>
    public virtual void Shutdown(bool wait = true, bool cancelFutures = false)
    {
        if (EndsWithProgram)
        {
            return;
        }

        Close(cancelFutures);
        if (wait && !IsOwnThread)
        {
            Task.WaitAll(Governed.Drained, Finished);
        }
    }

    /// <summary>Takes no more calls, and waits without holding a thread until the ones it has are done.</summary>
    /// <param name="cancelFutures">Whether to cancel the calls that have not started. Running ones go on.</param>
    /// <param name="cancellationToken">Cancels the wait. The executor stays shut down and ends in the background.</param>
    /// <returns>A task that ends when all calls have ended and the workers are gone.</returns>
    /// <remarks>A call of this executor must not await it, as it would wait for itself: there use <see cref="Shutdown"/>, which does not wait.</remarks>
    public virtual Task ShutdownAsync(bool cancelFutures = false, CancellationToken cancellationToken = default)
    {
        if (EndsWithProgram)
        {
            return Task.CompletedTask;
        }

        Close(cancelFutures);
        return Task.WhenAll(Governed.Drained, Finished).WaitAsync(cancellationToken);
    }

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
    /// <exception cref="NotSupportedException">The calls run in other processes or interpreters, where no task can go.</exception>
    /// <remarks>
    /// A task is one call. A task that waits for another one of the same scheduler runs it in place where it can. A task whose call is taken
    /// from the executor (<c>Shutdown</c> with <c>cancelFutures</c>, a broken pool) never ends, unless its own token is cancelled: nobody but
    /// the task itself can end it. Python has no such thing.
    /// </remarks>
    public TaskScheduler AsTaskScheduler() => RunsApartIn is not { } apart
        ? new ExecutorTaskScheduler(this)
        : throw new NotSupportedException(
            $"{this} runs its calls in {apart}, and a task shares the memory of the one that made it. Take a ThreadPoolExecutor for " +
            "tasks, or Submit functions to this one.");

    /// <summary>The kind and name of the executor.</summary>
    /// <returns>For example <c>ProcessPoolExecutor 'pool-1'</c>.</returns>
    public override string ToString() => $"{GetType().Name} '{Name}'";

    /// <summary>Where the calls run, when they do not share the objects of their caller; null when they do.</summary>
    internal virtual string? RunsApartIn => null;

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

    /// <summary>As <see cref="SubmitCore"/>, for the most usual call of all: a function, no options, no token.</summary>
    private protected virtual Future<T> SubmitFunction<T>(Func<T> function) =>
        SubmitCore(new FuncCall<T>(function), CallOptions.Default, CancellationToken.None);

    /// <summary>Takes no more calls and ends when there are none left. May be called again, to cancel after all.</summary>
    /// <param name="cancelFutures">Whether to cancel the calls that have not started.</param>
    private protected abstract void CloseCore(bool cancelFutures);

    /// <summary>As <see cref="Shutdown"/> that does not wait.</summary>
    private protected void Close(bool cancelFutures)
    {
        Governed.Close(cancelFutures);
        _room?.Close();
    }

    /// <summary>What submitting a call to an executor that takes none throws: that it was shut down, or why it is broken.</summary>
    private protected virtual InvalidOperationException ShutDownError() => new(
        $"{this} was shut down (Shutdown or Dispose was called), so it takes no new calls. Submit before that, or make a new executor.");

    /// <summary>Submits a call; waits for room if the executor limits the pending calls.</summary>
    /// <remarks>A generic virtual method costs as much as all else that a call of a thread pool needs: the usual call goes through one of them.</remarks>
    internal Future<T> SubmitCall<T>(ExecutorCall<T> call, CallOptions? options, CancellationToken cancellationToken) =>
        options is null && !cancellationToken.CanBeCanceled && IsDirect
            ? SubmitCore(call, CallOptions.Default, cancellationToken)
            : SubmitWhole(call, options, cancellationToken);

    /// <summary>As <see cref="SubmitCall"/>, with all that may stand between a call and the executor.</summary>
    internal virtual Future<T> SubmitWhole<T>(ExecutorCall<T> call, CallOptions? options, CancellationToken cancellationToken)
    {
        // A thread of the executor would wait for itself.
        if (_room is not { } room || cancellationToken.IsCancellationRequested || IsOwnThread)
        {
            return StartCall(call, options, cancellationToken);
        }

        try
        {
            return room.Enter(cancellationToken) ? StartCall(call, options, cancellationToken, new PendingPlace(room)) : throw ShutDownError();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Future<T>.Cancelled(options?.Name, cancellationToken);
        }
    }

    /// <summary>As <see cref="SubmitCall"/>, for those who want the task of the result: it waits for room without holding a thread.</summary>
    internal virtual Task<T> SubmitCallAsync<T>(ExecutorCall<T> call, CallOptions? options, CancellationToken cancellationToken) =>
        _room is not { } room || cancellationToken.IsCancellationRequested || IsOwnThread
            ? SubmitCall(call, options, cancellationToken).AsTask()
            : room.TryEnter() ? StartCall(call, options, cancellationToken, new PendingPlace(room)).AsTask()
            : StartWhenThereIsRoomAsync(room, call, options, cancellationToken);

    /// <summary>Submits a call, whatever number of calls is pending.</summary>
    internal virtual Future<T> StartCall<T>(
        ExecutorCall<T> call, CallOptions? options, CancellationToken cancellationToken, PendingPlace? place = null)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            place?.Leave();
            return Future<T>.Cancelled(options?.Name, cancellationToken);
        }

        try
        {
            Future<T> future = options is { IsGoverned: true }
                ? GovernedCall<T>.Start(this, call, options, cancellationToken) ?? throw ShutDownError()
                : SubmitPlain(call, options ?? CallOptions.Default, cancellationToken);
            place?.Follow(future);
            return future;
        }
        catch
        {
            place?.Leave();
            throw;
        }
    }

    /// <summary>One attempt of a governed call. The executor takes it also when it takes no new calls.</summary>
    internal Future<T> SubmitAttempt<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken) =>
        SubmitWatched(call, options, cancellationToken);

    private async Task<T> StartWhenThereIsRoomAsync<T>(
        PendingRoom room, ExecutorCall<T> call, CallOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            return await room.EnterAsync(cancellationToken).ConfigureAwait(false)
                ? await StartCall(call, options, cancellationToken, new PendingPlace(room)).ConfigureAwait(false)
                : throw ShutDownError();
        }
        catch (OperationCanceledException exception) when (exception is not FutureCancelledException && cancellationToken.IsCancellationRequested)
        {
            return await Future<T>.Cancelled(options?.Name, cancellationToken).ConfigureAwait(false);
        }
    }

    private Future<T> SubmitPlain<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        if (Governed.IsClosed)
        {
            throw ShutDownError();
        }

        Future<T> future = SubmitWatched(call, options, cancellationToken);
        if (cancellationToken.CanBeCanceled && !future.IsDone)
        {
            TokenLink.Tie(future, cancellationToken);
        }

        return future;
    }

    private Future<T> SubmitWatched<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        if (!CallObservation.IsWanted)
        {
            return SubmitCore(call, options, cancellationToken);
        }

        options = CallObservation.Watch(this, options);
        try
        {
            return SubmitCore(call, options, cancellationToken);
        }
        catch (Exception exception)
        {
            options.Observation?.Refused(exception);
            throw;
        }
    }
}
