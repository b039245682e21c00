namespace Telar.Multiprocessing.Pools;

/// <summary>How a pool behaves: sizes, budgets and times. Immutable; change it by a <c>with</c> copy.</summary>
internal sealed record PoolPolicy
{
    /// <value>How many workers may hold a slot at once; at least 1. Default: the number of processors.</value>
    public int MaxWorkers { get; init; } = Environment.ProcessorCount;

    /// <value>How many calls one worker runs before it is replaced; <see langword="null"/> (default) for no limit.</value>
    public int? MaxTasksPerWorker { get; init; }

    /// <value>Whether all workers start at once instead of when calls wait for them. Default: no.</value>
    public bool Prestart { get; init; }

    /// <value>
    /// How long a worker may idle before it is stopped; <see langword="null"/> (default) for ever. With <see cref="Prestart"/> a fresh
    /// one takes its place.
    /// </value>
    public TimeSpan? IdleTimeout { get; init; }

    /// <value>How long a worker may take to become ready, its initializer included. Default: 60 s.</value>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <value>How many starts in a row may fail before the pool is broken; at least 1. Default: 5.</value>
    public int MaxStartFailures { get; init; } = 5;

    /// <value>The pause after the first failed start; it doubles with each further one. Default: 100 ms.</value>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <value>The longest pause between two failed starts. Default: 5 s.</value>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(5);

    /// <value>
    /// What a call that names no grace of its own may take to obey a cancellation before its worker is killed; zero kills at
    /// once. Default: 1 s.
    /// </value>
    public TimeSpan DefaultGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <value>
    /// What a worker may take to obey <see cref="PoolCommandKind.StopWorker"/> before it is killed. Default: 5 s, for what it
    /// has to flush and dispose.
    /// </value>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <value>How long a killed worker may take to die before it is given up as lost. Default: 10 s.</value>
    public TimeSpan KillTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <value>How much expected work may wait at a busy worker; zero sends one call at a time. Default: 2 ms.</value>
    public TimeSpan PrefetchTarget { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <value>How many calls may wait at a busy worker, however short they are; zero for none. Default: 64.</value>
    public int MaxPrefetch { get; init; } = 64;

    /// <summary>Refuses values with which a pool could not work.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is too small or a time is negative.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWorkers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTasksPerWorker ?? 1, 1, nameof(MaxTasksPerWorker));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxStartFailures, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPrefetch, 0);
        ThrowIfNegative(StartTimeout, nameof(StartTimeout));
        ThrowIfNegative(IdleTimeout ?? TimeSpan.Zero, nameof(IdleTimeout));
        ThrowIfNegative(DefaultGrace, nameof(DefaultGrace));
        ThrowIfNegative(StopGrace, nameof(StopGrace));
        ThrowIfNegative(KillTimeout, nameof(KillTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstBackoff, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBackoff, FirstBackoff);
        ArgumentOutOfRangeException.ThrowIfLessThan(PrefetchTarget, TimeSpan.Zero);
    }

    private static void ThrowIfNegative(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                name, value, "A time must be zero, positive, or Timeout.InfiniteTimeSpan for no limit.");
        }
    }
}
