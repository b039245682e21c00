using System.Globalization;
using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Observing;
using Telar.Concurrent.Futures.Threads;

namespace Telar.Concurrent.Futures;

/// <summary>Runs calls in threads of its own, and leaves the thread pool of .NET alone.</summary>
/// <remarks>
/// <para>
/// A call that blocks holds one of these threads and nothing else. Made without a number, the pool starts a few threads as calls need
/// them, and more when all are blocked while the processors are idle; with a number there are never more. An idle thread takes the next
/// call before a new one is started, and ends after <see cref="ThreadPoolOptions.IdleTimeout"/>.
/// </para>
/// <para>
/// A call sees the context of its submission: <see cref="AsyncLocal{T}"/> and context variables. What it sets there is not seen outside.
/// An async function holds its thread until its task has ended, so that no more calls run at once than the pool has threads.
/// </para>
/// <para>
/// The program ends when the calls have ended that were submitted before <c>Main</c> returned, and does not wait for idle threads: an
/// executor that nobody disposed keeps nothing alive. A call that waits for another call of the same pool needs a thread for each of
/// them: with a fixed number of threads that is a deadlock as soon as all of them wait.
/// </para>
/// <para>
/// Python: <c>concurrent.futures.ThreadPoolExecutor</c>, whose default is 4 threads more than processors, at most 32. As in Python,
/// <see cref="InterpreterPoolExecutor"/> is one of its kind; other classes cannot be.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <example><code>
/// using var pool = new ThreadPoolExecutor();
/// Future&lt;string&gt; page = pool.Submit(() => File.ReadAllText("page.html"));
/// </code></example>
public class ThreadPoolExecutor : Executor
{
    private static int s_count;

    private readonly ThreadCrew _crew;

    /// <summary>Makes a pool that grows as its calls need it.</summary>
    public ThreadPoolExecutor()
        : this(new ThreadPoolOptions())
    {
    }

    /// <summary>Makes a pool of at most so many threads. They are started when calls need them.</summary>
    /// <param name="maxWorkers">The number, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxWorkers"/> is below 1.</exception>
    public ThreadPoolExecutor(int maxWorkers)
        : this(new ThreadPoolOptions { MaxWorkers = maxWorkers })
    {
    }

    /// <summary>Makes a pool.</summary>
    /// <param name="options">How it makes and ends its threads.</param>
    public ThreadPoolExecutor(ThreadPoolOptions options)
        : this(NameOf(options, nameof(ThreadPoolExecutor), ref s_count), options, new CrewRole(options))
    {
    }

    /// <summary>Makes a pool whose threads are set up by a role of their own.</summary>
    private protected ThreadPoolExecutor(string name, ThreadPoolOptions options, CrewRole role)
        : base(name, options.MaxPending)
    {
        _crew = new ThreadCrew(name, options, role);
        LiveExecutors.Add(this);
        HangWatch.Begin(this, options.HangTimeout, options.OnHang);
    }

    /// <summary>Shuts down a pool that was forgotten: its calls end, then its threads.</summary>
    ~ThreadPoolExecutor() => _crew?.Close(cancel: false); // Null when the constructor threw.

    /// <summary>How many threads there can be at most: <see cref="ThreadPoolOptions.MaxWorkers"/>, or how far an elastic pool grows.</summary>
    public override int MaxWorkers => _crew.MaxThreads;

    /// <summary>Whether a thread could not be set up, by its initializer as a rule; every call submitted from now on is refused.</summary>
    public bool IsBroken => _crew.Broken is not null;

    /// <summary>What the pool is doing at this moment.</summary>
    public override ThreadPoolStatistics Statistics => _crew.Inspect();

    internal override bool HasEnded => _crew.Finished.IsCompleted;

    internal override ExecutorLoad Load => _crew.Sum();

    private protected override Task Finished => _crew.Finished;

    private protected override bool IsOwnThread => ThreadWorker.Current?.Crew == _crew;

    private protected override void CloseCore(bool cancelFutures) => _crew.Close(cancelFutures);

    private protected override Future<T> SubmitCore<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return Enqueue(new ThreadFuture<T>(call, options, _crew.Options.CancelGrace));
    }

    private protected override Future<T> SubmitFunction<T>(Func<T> function)
    {
        if (!CallScope.IsContextEmpty)
        {
            return base.SubmitFunction(function);
        }

        ThrowIfClosed();
        return Enqueue(new FunctionFuture<T>(function));
    }

    private protected override InvalidOperationException ShutDownError() => _crew.NewBroken() ?? base.ShutDownError();

    private TFuture Enqueue<TFuture>(TFuture future)
        where TFuture : Future, IThreadWork
    {
        if (!_crew.Submit(future))
        {
            ThrowIfClosed();
        }

        // An executor that nobody holds any more is shut down, but not while it takes a call.
        GC.KeepAlive(this);
        return future;
    }

    /// <summary>The name that the options give, or the next one of the kind.</summary>
    private protected static string NameOf(ThreadPoolOptions options, string kind, ref int count)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.ThreadNamePrefix ?? string.Create(CultureInfo.InvariantCulture, $"{kind}-{Interlocked.Increment(ref count)}");
    }

    private protected void ThrowIfClosed()
    {
        if (_crew.IsClosed)
        {
            throw ShutDownError();
        }
    }
}
