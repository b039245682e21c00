using System.Diagnostics;
using System.Globalization;
using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Observing;
using Telar.Multiprocessing;
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
//   I1  _maxWorkers is the last number given; the pool follows it in its own time.
public sealed partial class ProcessPoolExecutor : Executor
{
    // What may wait at a busy worker. It hides the time from an answer to the next call, which matters up to calls of some
    // milliseconds; and a call that waits behind one that turns out to be long is taken back after it.
    private static readonly TimeSpan s_sentAhead = TimeSpan.FromMilliseconds(10);

    private static int s_count;

    private readonly WorkerPool _pool;
    private readonly InterruptGuard? _interrupt;
    private int _maxWorkers;

    /// <summary>Makes a pool with as many workers as this process may use processors (<see cref="ProcessHost.ProcessorBudget"/>).</summary>
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
        : this(options, isShared: false)
    {
    }

    private ProcessPoolExecutor(ProcessPoolOptions options, bool isShared)
        : base(NameOf(options), options.MaxPending)
    {
        _isShared = isShared;
        _maxWorkers = options.MaxWorkers ?? ProcessHost.ProcessorBudget;
        _pool = new WorkerPool(new WorkerPoolSettings
        {
            Name = Name,
            StartMethod = options.StartMethod,
            ServerGc = options.ServerGarbageCollector,
            SoftMemoryLimit = options.SoftMemoryLimit,
            HardMemoryLimit = options.HardMemoryLimit,
            Initializer = WorkerPoolSettings.Encode(options.Initializer is { } initializer ? new ActionCall(initializer) : null),
            Output = ForwardTo(options.WorkerOutput),
            Observer = new WorkerEvents(Name),
            Policy = new PoolPolicy
            {
                MaxWorkers = _maxWorkers,
                MaxTasksPerWorker = options.MaxTasksPerChild,
                Prestart = options.Prestart,
                IdleTimeout = options.IdleTimeout,
                StartTimeout = options.StartTimeout,
                MaxStartFailures = options.MaxStartFailures,
                DefaultGrace = options.CancelGrace,
                PrefetchTarget = s_sentAhead,
            },
        });
        _interrupt = options.CancelOnInterrupt ? InterruptGuard.Watch(_pool) : null;
        LiveExecutors.Add(this);
        HangWatch.Begin(this, options.HangTimeout, options.OnHang);
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
    public override PoolStatistics Statistics => _pool.Inspect(PoolReport.Make);

    internal override bool HasEnded => _pool.Finished.IsCompleted;

    internal override ExecutorLoad Load => _pool.Inspect(PoolReport.Sum);

    internal override IReadOnlyDictionary<int, string> AskWorkerProcesses(TimeSpan timeout) => _pool.AskForStates(timeout);

    internal override ActivityKind CallKind => ActivityKind.Client;

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

    internal override string? RunsApartIn => "other processes";

    private protected override Future<T> SubmitCore<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        ProcessCall<T> encoded = ProcessCall<T>.Encode(_pool, TracedCall.Wrap(DescribedCall<T>.Wrap(call, options), options), options);
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
}
