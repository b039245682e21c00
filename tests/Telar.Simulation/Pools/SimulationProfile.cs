using Telar.Multiprocessing.Pools;

namespace Telar.Simulation.Pools;

/// <summary>What a schedule is made of: sizes, times and how often each fault strikes, all drawn from its seed.</summary>
internal sealed class SimulationProfile
{
    private const long Microsecond = 10;
    private const long Millisecond = 10_000;

    public SimulationProfile(SimulationRandom random)
    {
        bool large = random.Below(400) == 0;
        Steps = large ? random.Between(100, 400) : random.Between(3, 10);
        MaxWorkers = large ? random.Between(2, 12) : random.Between(1, 4);
        HasWord = random.Below(12) != 0;

        ShortestCall = Microsecond << random.Below(9);
        LongestCall = ShortestCall << random.Below(12);
        LongestStart = Millisecond << random.Below(7);
        LongestWire = Microsecond << random.Below(12);
        LongestLag = Microsecond << random.Below(11);
        LongestPause = Microsecond << random.Below(16);

        // A third of the schedules knows no fault at all: most of a pool's life, and where sharing out is seen undisturbed.
        int harm = random.Below(3);
        int Fault(int percent) => harm == 0 || random.Below(3) == 0 ? 0 : harm * random.Between(1, percent);
        DeathPercent = Fault(12);
        KillPercent = Fault(10);
        StartFailurePercent = Fault(25);
        InitializerPercent = random.Below(4) == 0 ? Fault(5) : 0;
        NeverReadyPercent = Fault(4);
        IgnoresStopPercent = Fault(10);
        IgnoresKillPercent = Fault(15);
        EndlessPercent = random.Below(2) == 0 ? random.Below(20) : 0;
        StubbornPercent = random.Below(60);
        LaggingPercent = random.Below(40);
        EchoPercent = Fault(10);

        IsCursed = random.Below(25) == 0;
        CursedReadyPercent = 50 * random.Below(3);

        CancelPercent = random.Below(2) * random.Below(40);
        ResizePercent = random.Below(2) * random.Below(20);
        RecyclePercent = random.Below(3) == 0 ? random.Below(15) : 0;
        TimeoutPercent = random.Below(2) * random.Below(60);
        RetryPercent = random.Below(60);
        EndPercent = random.Below(3) == 0 ? 8 : 0;
        BurstPercent = random.Below(50);
        LargestBurst = random.Below(5) == 0 ? 20 : 6;

        HasPriorities = random.Below(4) == 0;
        bool prestart = random.Below(4) == 0;
        Policy = new PoolPolicy
        {
            MaxWorkers = MaxWorkers,
            MaxTasksPerWorker = random.Below(3) == 0 ? random.Between(1, 6) : null,
            Prestart = prestart,
            IdleTimeout = !prestart && random.Below(4) == 0 ? new TimeSpan(random.Ticks(Millisecond, 20 * Millisecond)) : null,
            StartTimeout = new TimeSpan(200 * Millisecond),
            MaxStartFailures = random.Between(1, 5),
            FirstBackoff = new TimeSpan(random.Ticks(Millisecond, 50 * Millisecond)),
            MaxBackoff = new TimeSpan(100 * Millisecond),
            DefaultGrace = random.Below(4) == 0 ? TimeSpan.Zero : new TimeSpan(random.Ticks(Millisecond, 20 * Millisecond)),
            StopGrace = random.Below(8) == 0 ? TimeSpan.Zero : new TimeSpan(random.Ticks(Millisecond, 100 * Millisecond)),
            KillTimeout = new TimeSpan(random.Ticks(Millisecond, 50 * Millisecond)),
            PrefetchTarget = new TimeSpan(random.Ticks(100 * Microsecond, 4 * Millisecond)),
            MaxPrefetch = HasWord ? random.Below(3) switch { 0 => 0, 1 => random.Between(1, 4), _ => 64 } : 0,
        };
    }

    public PoolPolicy Policy { get; }

    public int Steps { get; }

    public int MaxWorkers { get; }

    /// <value>Whether driver and workers share a word; without one, all that was written counts as started.</value>
    public bool HasWord { get; }

    public long ShortestCall { get; }

    public long LongestCall { get; }

    public long LongestStart { get; }

    public long LongestWire { get; }

    public long LongestLag { get; }

    public long LongestPause { get; }

    public int DeathPercent { get; }

    public int KillPercent { get; }

    public int StartFailurePercent { get; }

    public int InitializerPercent { get; }

    public int NeverReadyPercent { get; }

    public int IgnoresStopPercent { get; }

    public int IgnoresKillPercent { get; }

    public int EndlessPercent { get; }

    public int StubbornPercent { get; }

    public int LaggingPercent { get; }

    public int EchoPercent { get; }

    /// <value>
    /// Whether no worker ever starts a call: some die before they are ready, the others when they are sent one. Such a pool has
    /// to break; it must not go on starting workers for ever.
    /// </value>
    public bool IsCursed { get; }

    public int CursedReadyPercent { get; }

    /// <value>Whether calls differ in priority.</value>
    public bool HasPriorities { get; }

    public int CancelPercent { get; }

    public int ResizePercent { get; }

    public int RecyclePercent { get; }

    public int TimeoutPercent { get; }

    public int RetryPercent { get; }

    public int EndPercent { get; }

    public int BurstPercent { get; }

    public int LargestBurst { get; }
}
