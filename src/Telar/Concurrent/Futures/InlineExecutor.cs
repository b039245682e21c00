using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Observing;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

/// <summary>Runs each call inside <c>Submit</c>, on the caller's thread: for debugging, tests and comparisons.</summary>
/// <remarks>
/// <para>
/// A debugger steps from <c>Submit</c> straight into the call. The future that <c>Submit</c> returns has ended already. Async functions are
/// waited for.
/// </para>
/// <para>
/// <see cref="CallOptions.Timeout"/> and the caller's token are passed on through the call's own token; a call that ignores it cannot be
/// stopped, because nobody can replace the caller's thread. The pauses of <see cref="CallOptions.Retry"/> and the waits of
/// <see cref="CallOptions.RateLimit"/> take place inside <c>Submit</c> too. Python has no such executor.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once; each runs its own calls.</para>
/// </remarks>
// Invariants
//   I1  _running and _ended are counted around each call by the thread that runs it: a call is in one of them once it has begun.
// Locks
//   None.
public sealed class InlineExecutor : Executor
{
    private int _running;
    private long _ended;

    /// <summary>Makes an executor; it holds nothing.</summary>
    public InlineExecutor()
        : base("inline") => LiveExecutors.Add(this);

    /// <summary>Always 1: the caller.</summary>
    public override int MaxWorkers => 1;

    internal override bool RunsInSubmit => true;

    /// <summary>What the executor is doing at this moment; it has no workers.</summary>
    public override InlineStatistics Statistics => new()
    {
        CallsPending = 0,
        CallsRunning = Volatile.Read(ref _running),
        CallsEnded = Volatile.Read(ref _ended),
        Workers = [],
    };

    internal override bool HasEnded => Governed.IsClosed && Volatile.Read(ref _running) == 0;

    internal override ExecutorLoad Load => new(0, Volatile.Read(ref _running), Volatile.Read(ref _ended), 0, 0, 0);

    private protected override Task Finished => Task.CompletedTask;

    private protected override void CloseCore(bool cancelFutures)
    {
        // The base refuses calls from now on, and there are no others.
    }

    private protected override Future<T> SubmitCore<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        options.Observation?.Began(Thread.CurrentThread.Name ?? "");
        options.Observation?.Enter();
        Future<T> future = Run(call, options, cancellationToken);
        options.Observation?.Ended(future);
        Interlocked.Decrement(ref _running);
        Interlocked.Increment(ref _ended);
        return future;
    }

    private static Future<T> Run<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        Future<T> future = new(options.Name);
        future.TryRun();
        if (options.Timeout is not { } timeout || timeout == Timeout.InfiniteTimeSpan)
        {
            RunHere(call, options, future, cancellationToken);
            return future;
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Deadline.After(timeout).Remaining);
        RunHere(call, options, future, limit.Token);
        if (future.IsCancelled && !cancellationToken.IsCancellationRequested)
        {
            future = new Future<T>(options.Name);
            future.TrySetException(new CallTimeoutException(timeout, CallStop.Cooperative, options.Name));
        }

        return future;
    }

    private static void RunHere<T>(ExecutorCall<T> call, CallOptions options, Future<T> future, CancellationToken cancellationToken)
    {
        TaskContext? outer = TaskContext.Swap(null);
        TaskContext.Enter(options, future, cancellationToken);
        call.RunInto(future, cancellationToken);
        _ = TaskContext.Swap(outer);
    }
}
