using System.Globalization;
using Telar.Concurrent.Futures.Calls;
using Telar.Multiprocessing.Pools;
using Telar.Multiprocessing.Starting;
using Telar.Serialization;

namespace Telar.Concurrent.Futures;

/// <summary>Runs calls in worker processes: a lambda goes over, its result or exception comes back.</summary>
/// <remarks>
/// <para>
/// A call is sent with what it captured (see <see cref="SendableAttribute"/> for what can be sent); statics are those of the
/// worker process. A worker runs one call at a time. When a worker dies, the call it was running ends with
/// <see cref="WorkerDiedException"/>, or is run again if it has <see cref="CallOptions.Retries"/>; every other call goes on, and
/// the worker is replaced.
/// </para>
/// <para>
/// Dispose it when it is no longer needed. One that is forgotten is shut down some time after nobody refers to it any more; what
/// <see cref="ProcessPoolOptions.WorkerOutput"/> refers to counts as in use.
/// </para>
/// <para>
/// Python: <c>concurrent.futures.ProcessPoolExecutor</c>, where one death breaks the whole pool. As there, leaving a
/// <c>using</c> block waits for the calls that are pending.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// <para><b>Processes.</b> Workers end with this process, however it ends. They run on Linux so far.</para>
/// </remarks>
/// <example><code>
/// await using var pool = new ProcessPoolExecutor();
/// int answer = await pool.Submit(() => 6 * 7);
/// </code></example>
// Invariants
//   I1  _shutDown only goes from 0 to 1; who sees 0 may still be refused by the pool itself, which decides under its lock.
//   I2  _maxWorkers is the last number given; the pool follows it in its own time.
public sealed class ProcessPoolExecutor : Executor
{
    // What may wait at a busy worker. It hides the time from an answer to the next call, which matters up to calls of some
    // milliseconds; and a call that waits behind one that turns out to be long is taken back after it.
    private static readonly TimeSpan s_sentAhead = TimeSpan.FromMilliseconds(10);

    private static int s_count;

    private readonly WorkerPool _pool;
    private readonly InterruptGuard? _interrupt;
    private int _maxWorkers;
    private int _shutDown;

    /// <summary>Makes a pool with as many workers as this process may use processors.</summary>
    /// <exception cref="InvalidOperationException">Workers would run this program's <c>Main</c>; the message says the remedy.</exception>
    /// <exception cref="PlatformNotSupportedException">Worker processes are not done for this operating system yet.</exception>
    public ProcessPoolExecutor()
        : this(new ProcessPoolOptions())
    {
    }

    /// <summary>Makes a pool with a number of workers.</summary>
    /// <param name="maxWorkers">How many worker processes there are at most, at least 1. They are started when calls need them.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxWorkers"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">Workers would run this program's <c>Main</c>; the message says the remedy.</exception>
    /// <exception cref="PlatformNotSupportedException">Worker processes are not done for this operating system yet.</exception>
    public ProcessPoolExecutor(int maxWorkers)
        : this(new ProcessPoolOptions { MaxWorkers = maxWorkers })
    {
    }

    /// <summary>Makes a pool.</summary>
    /// <param name="options">How it makes, feeds and ends its workers.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    /// <exception cref="SerializationException">The initializer holds something that cannot be sent to a worker.</exception>
    /// <exception cref="InvalidOperationException">Workers would run this program's <c>Main</c>; the message says the remedy.</exception>
    /// <exception cref="PlatformNotSupportedException">
    /// The start method is <c>Fork</c>, or worker processes are not done for this operating system yet.
    /// </exception>
    public ProcessPoolExecutor(ProcessPoolOptions options)
        : base(NameOf(options), options.MaxPending)
    {
        _maxWorkers = options.MaxWorkers ?? Environment.ProcessorCount;
        _pool = new WorkerPool(new WorkerPoolSettings
        {
            Name = Name,
            StartMethod = options.StartMethod,
            ServerGc = options.ServerGarbageCollector,
            Initializer = WorkerPoolSettings.Encode(options.Initializer is { } initializer ? new ActionCall(initializer) : null),
            Output = ForwardTo(options.WorkerOutput),
            Policy = new PoolPolicy
            {
                MaxWorkers = _maxWorkers,
                MaxTasksPerWorker = options.MaxTasksPerChild,
                Prestart = options.Prestart,
                StartTimeout = options.StartTimeout,
                MaxStartFailures = options.MaxStartFailures,
                DefaultGrace = options.CancelGrace,
                PrefetchTarget = s_sentAhead,
            },
        });
        _interrupt = options.CancelOnInterrupt ? InterruptGuard.Watch(_pool) : null;
    }

    /// <summary>Shuts down a pool that was forgotten: its calls end, then its workers.</summary>
    ~ProcessPoolExecutor()
    {
        // Null when the constructor threw.
        _pool?.ShutdownSoon();
        if (_pool is not null && _interrupt is not null)
        {
            DisposeWhenFinished(_interrupt);
        }
    }

    /// <summary>How many worker processes there are at most; see <see cref="Resize"/>.</summary>
    public override int MaxWorkers => Volatile.Read(ref _maxWorkers);

    /// <summary>True when no worker can be started any more; every call submitted from now on is refused.</summary>
    public bool IsBroken => _pool.BrokenBy is not null;

    /// <summary>What the pool and its workers have done so far. Up to 1000 ended workers are listed, the last ones.</summary>
    public PoolStatistics Statistics => _pool.Inspect(PoolReport.Make);

    /// <summary>Changes how many workers there may be.</summary>
    /// <param name="maxWorkers">The new number, at least 1.</param>
    /// <remarks>
    /// More are started when calls need them; when there are too many, idle ones stop at once and busy ones after their call.
    /// Telar's own; Python's pools keep their size.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxWorkers"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">The pool is shut down.</exception>
    public void Resize(int maxWorkers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWorkers, 1);
        ThrowIfClosed();
        Volatile.Write(ref _maxWorkers, maxWorkers);
        _pool.Resize(maxWorkers);
    }

    /// <summary>Kills every worker now and takes no more calls: pending and running calls end as cancelled.</summary>
    /// <remarks>
    /// Returns at once; a future ends when its worker's death is confirmed, within milliseconds. Disposal does not have to wait
    /// for calls afterwards. Python: <c>ProcessPoolExecutor.kill_workers</c> (3.14).
    /// </remarks>
    public void KillWorkers()
    {
        Close(cancelFutures: true);
        _pool.Terminate();
    }

    private protected override Task Finished => _pool.Finished;

    // A callback of this pool's own future runs on the pool's thread, which cannot wait for itself.
    private protected override bool IsOwnThread => _pool.IsPoolThread;

    private protected override void CloseCore(bool cancelFutures)
    {
        if (Interlocked.Exchange(ref _shutDown, 1) == 0 && _interrupt is { } guard)
        {
            DisposeWhenFinished(guard);
        }

        _pool.Shutdown(cancelFutures);
    }

    private protected override Future<T> SubmitCore<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        ProcessCall<T> encoded = ProcessCall<T>.Encode(_pool, call, options);
        if (!_pool.Submit(encoded))
        {
            encoded.Release();
            ThrowIfClosed();
            throw ShutDownError();
        }

        // An executor that nobody holds any more is shut down, but not while it takes a call.
        GC.KeepAlive(this);
        return encoded.Future;
    }

    private static string NameOf(ProcessPoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        WorkerProcess.ThrowIfNotSupported();
        return options.Name ?? string.Create(CultureInfo.InvariantCulture, $"pool-{Interlocked.Increment(ref s_count)}");
    }

    // Ctrl-C is heard until the last call has ended, and no longer.
    private void DisposeWhenFinished(InterruptGuard guard) => _ = _pool.Finished.ContinueWith(
        static (_, state) => ((InterruptGuard)state!).Dispose(), // The state given below.
        guard,
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    // Static: the pool must not hold its executor, which would never be collected.
    private static Action<string, int, bool, string> ForwardTo(Action<WorkerOutputLine>? consumer) => (worker, processId, isError, text) =>
    {
        WorkerOutputLine line = new(worker, processId, isError, text);
        if (consumer is not null)
        {
            consumer(line);
        }
        else
        {
            (isError ? Console.Error : Console.Out).WriteLine(line.ToString());
        }
    };

    private void ThrowIfClosed()
    {
        if (_pool.BrokenBy is { } cause)
        {
            throw Broken(Name, cause);
        }

        if (Volatile.Read(ref _shutDown) != 0)
        {
            throw ShutDownError();
        }
    }

    internal static BrokenProcessPoolException Broken(string pool, PoolBreak cause) => new(
        pool,
        $"Pool '{pool}' is broken: {cause.Text} No call can be run; make a new pool once that is mended.",
        cause.Cause);
}
