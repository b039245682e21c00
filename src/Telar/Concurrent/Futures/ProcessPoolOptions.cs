using Telar.Multiprocessing;

namespace Telar.Concurrent.Futures;

/// <summary>How a <see cref="ProcessPoolExecutor"/> makes, feeds and ends its workers.</summary>
/// <remarks>
/// Python: the parameters of <c>concurrent.futures.ProcessPoolExecutor</c>, and Telar's own.
/// <b>Thread safety.</b> Immutable once built.
/// </remarks>
public sealed class ProcessPoolOptions
{
    /// <summary>How many worker processes there are at most, at least 1.</summary>
    /// <value>Default null: the number of processors this process may use (<see cref="ProcessHost.ProcessorBudget"/>).</value>
    public int? MaxWorkers { get; init; }

    /// <summary>How workers come into being.</summary>
    /// <value>Default <see cref="StartMethod.Spawn"/>.</value>
    public StartMethod StartMethod { get; init; } = StartMethod.Spawn;

    /// <summary>Starts all workers with the pool rather than when calls need them.</summary>
    /// <value>Default false: a worker is started when a call waits and no worker is idle.</value>
    public bool Prestart { get; init; }

    /// <summary>How long a worker may idle before it ends. The next is started when a call needs it.</summary>
    /// <value>Default null: as long as the pool lives. It cannot be combined with <see cref="Prestart"/>.</value>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>
    /// Runs in each new worker before its first call. If it throws, the pool is broken: every pending call fails with
    /// <see cref="BrokenProcessPoolException"/>, whose inner exception is the initializer's.
    /// </summary>
    /// <value>Default null: nothing.</value>
    public Action? Initializer { get; init; }

    /// <summary>After how many calls a worker is replaced by a fresh one, at least 1.</summary>
    /// <value>Default null: never.</value>
    public int? MaxTasksPerChild { get; init; }

    /// <summary>How many calls may wait for a worker. While there are so many, <c>Submit</c> waits, and <c>SubmitAsync</c> awaits.</summary>
    /// <value>
    /// Default null: no limit; at least 1. The caller's token ends the wait, and so does a shutdown, which refuses the call. <c>Map</c>
    /// limits itself and does not count. A callback that runs on the pool's own thread does not wait, as nothing would go on meanwhile.
    /// </value>
    public int? MaxPending { get; init; }

    /// <summary>
    /// How much private memory a worker may have after a call, in bytes, at least 1. One that has more is replaced by a fresh one then; its
    /// call is not affected.
    /// </summary>
    /// <value>
    /// Default null: any. Looked at after every call. Counted is what is resident and the process's own (not files, not shared memory), what
    /// the garbage collector has not collected yet included; an idle worker has 3 to 10 MB.
    /// </value>
    public long? SoftMemoryLimit { get; init; }

    /// <summary>
    /// How much private memory a worker may have at any time, in bytes, at least 1. One that has more is killed and replaced, and the call that
    /// it ran ends with a <see cref="WorkerDiedException"/> that names the limit.
    /// </summary>
    /// <value>
    /// Default null: any. Counted as for <see cref="SoftMemoryLimit"/>. Looked at every 20 ms while workers run calls or start, so a call can
    /// have, for that long, what it allocates in that time beyond the limit.
    /// </value>
    public long? HardMemoryLimit { get; init; }

    /// <summary>
    /// How long a call that was told to stop (by its token, <see cref="Future.CancelRunning"/> or its timeout) may take to do so
    /// before its worker is killed and replaced; zero kills at once.
    /// </summary>
    /// <value>Default 1 second. A call's own <see cref="CallOptions.Grace"/> goes first.</value>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a worker may take from its start until its initializer has returned.</summary>
    /// <value>Default 60 seconds.</value>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many workers in a row may fail to start before the pool is broken, at least 1.</summary>
    /// <value>Default 5; the pauses between them grow.</value>
    public int MaxStartFailures { get; init; } = 5;

    /// <summary>
    /// Takes each line a worker writes to its standard output or standard error. Lines written by a call come before the call's
    /// future ends. It runs on the pool's own thread: while it blocks, the pool does.
    /// </summary>
    /// <value>Default null: lines go to this process's streams of the same kind, tagged with the worker's name.</value>
    public Action<WorkerOutputLine>? WorkerOutput { get; init; }

    /// <summary>
    /// While calls are pending or running, the first Ctrl-C (SIGINT) cancels them instead of ending this process, and the second
    /// one kills the workers and ends it. Without pending calls Ctrl-C does what it always does.
    /// </summary>
    /// <value>Default true. Set it to false where something else, such as a web host, owns Ctrl-C.</value>
    public bool CancelOnInterrupt { get; init; } = true;

    /// <summary>Lets workers inherit the server garbage collector from this program's settings.</summary>
    /// <value>Default false: a worker uses the workstation collector, because a heap per core in every worker costs memory.</value>
    public bool ServerGarbageCollector { get; init; }

    /// <summary>After which time a pool that runs calls, of which none ends, is taken to hang.</summary>
    /// <value>
    /// Default null: nobody looks. Each such hang is reported once, up to a quarter of the time late; one call that lasts as long while no
    /// other ends looks the same.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero or negative.</exception>
    public TimeSpan? HangTimeout
    {
        get;
        init
        {
            if (value is { } time)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(HangTimeout));
            }

            field = value;
        }
    }

    /// <summary>Takes the report of a hang, on a thread that is there for that; what it throws is reported and harms nobody.</summary>
    /// <value>Default null: the report is written to standard error. It is an event of the provider <c>Telar.Concurrent.Futures</c> besides.</value>
    public Action<ExecutorHang>? OnHang { get; init; }

    /// <summary>The pool's name, the first half of its workers' names.</summary>
    /// <value>Default null: <c>pool-1</c>, <c>pool-2</c> and so on.</value>
    public string? Name { get; init; }

    internal void Validate()
    {
        if (MaxWorkers is { } workers)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1, nameof(MaxWorkers));
        }

        if (MaxTasksPerChild is { } tasks)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(tasks, 1, nameof(MaxTasksPerChild));
        }

        if (MaxPending is { } pending)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(pending, 1, nameof(MaxPending));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxStartFailures, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CancelGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StartTimeout, TimeSpan.Zero);
        ThrowIfNotPositive(SoftMemoryLimit, nameof(SoftMemoryLimit));
        ThrowIfNotPositive(HardMemoryLimit, nameof(HardMemoryLimit));
        if (SoftMemoryLimit > HardMemoryLimit)
        {
            throw new ArgumentException(
                $"SoftMemoryLimit ({SoftMemoryLimit} bytes) is beyond HardMemoryLimit ({HardMemoryLimit} bytes), so it would never be reached: swap them, or leave one out.",
                nameof(SoftMemoryLimit));
        }

        if (IdleTimeout is { } patience)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(patience, TimeSpan.Zero, nameof(IdleTimeout));
            if (Prestart)
            {
                throw new ArgumentException(
                    "Prestart keeps all workers started and IdleTimeout ends those that idle: set one of the two.", nameof(IdleTimeout));
            }
        }

        if (!Enum.IsDefined(StartMethod))
        {
            throw new ArgumentOutOfRangeException(nameof(StartMethod), StartMethod, "Not a start method.");
        }

        if (StartMethod == StartMethod.Fork)
        {
            throw new PlatformNotSupportedException(
                "StartMethod.Fork is not offered: a forked copy of this process would have one thread and none of the runtime's own "
                + "(garbage collector, JIT compiler, thread pool), and would stop at the first lock one of them held. "
                + "Use StartMethod.ForkServer, which takes a warmed-up process in a millisecond or two.");
        }

        if (Name is { } name && (name.Length is 0 or > 64 || name.AsSpan().ContainsAny('\n', '\0', '/')))
        {
            throw new ArgumentException($"The pool's name '{name}' must have 1 to 64 characters, none of them '/', a line break or NUL.", nameof(Name));
        }
    }

    private static void ThrowIfNotPositive(long? bytes, string name)
    {
        if (bytes is { } value)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        }
    }
}
