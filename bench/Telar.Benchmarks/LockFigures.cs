namespace Telar.Benchmarks;

/// <summary>Taking and giving back.</summary>
internal static class LockFigures
{
    private const int Pairs = 1_000_000;
    private const int PythonPairs = 200_000;

    private static long s_counter;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("uncontended lock pair", "ns", 15,
            new("Telar Lock", static _ => Pair(new Threading.Lock())),
            new("System.Threading.Lock", static _ => PairOfLock(), Target.TimeAtMost(1.5)),
            new("SemaphoreSlim", static _ => PairOfSemaphore(), Target.None),
            Contender.Python("lock_pair", PythonPairs, Target.FasterAtLeast(5))),
        new("uncontended lock pair, owned by its thread", "ns", 15,
            new("Telar RLock", static _ => Pair(new Threading.RLock())),
            new("Monitor", static _ => PairOfMonitor(), Target.None),
            Contender.Python("rlock_pair", PythonPairs, Target.FasterAtLeast(5))),
        new("uncontended lock pair, of a lock between processes", "ns", 15,
            new("Telar Multiprocessing.Lock", static _ => Pair(new Multiprocessing.Lock())),
            new("named Mutex", static _ => PairOfMutex(), Target.FasterAtLeast(8)),
            Contender.Python("process_lock_pair", PythonPairs, Target.FasterAtLeast(3))),
        new("contended lock, 2 threads, an increment under it", "ns", 15,
            new("Telar Lock", static _ => Contended(new Threading.Lock())),
            new("System.Threading.Lock", static _ => ContendedLock(), Target.FasterAtLeast(1)),
            new("SemaphoreSlim", static _ => ContendedSemaphore(), Target.FasterAtLeast(1)),
            Contender.Python("lock_contended", PythonPairs, Target.None)),
        new("contended lock, 2 threads, handed over in order of arrival", "ns", 9,
            new Contender("Telar Lock, fair", static _ => Contended(new Threading.Lock(Threading.LockFairness.Fair), operations: 20_000))),
    ];

    private static Task<ISide> Pair(Threading.Lock taken) => LoopSide.Loop(Pairs, count =>
    {
        for (int i = 0; i < count; i++)
        {
            taken.Acquire();
            taken.Release();
        }
    });

    private static Task<ISide> Pair(Threading.RLock taken) => LoopSide.Loop(Pairs, count =>
    {
        for (int i = 0; i < count; i++)
        {
            taken.Acquire();
            taken.Release();
        }
    });

    private static Task<ISide> Pair(Multiprocessing.Lock taken) => LoopSide.Loop(
        Pairs,
        count =>
        {
            for (int i = 0; i < count; i++)
            {
                taken.Acquire();
                taken.Release();
            }
        },
        taken);

    private static Task<ISide> PairOfMutex()
    {
        Mutex taken = new(initiallyOwned: false, "telar-benchmark", new NamedWaitHandleOptions());
        return LoopSide.Loop(
            PythonPairs,
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    taken.WaitOne();
                    taken.ReleaseMutex();
                }
            },
            taken);
    }

    private static Task<ISide> PairOfLock()
    {
        Lock taken = new();
        return LoopSide.Loop(Pairs, count =>
        {
            for (int i = 0; i < count; i++)
            {
                taken.Enter();
                taken.Exit();
            }
        });
    }

    private static Task<ISide> PairOfMonitor()
    {
        object taken = new();
        return LoopSide.Loop(Pairs, count =>
        {
            for (int i = 0; i < count; i++)
            {
                Monitor.Enter(taken);
                Monitor.Exit(taken);
            }
        });
    }

    private static Task<ISide> PairOfSemaphore()
    {
        SemaphoreSlim taken = new(1, 1);
        return LoopSide.Loop(
            Pairs,
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    taken.Wait();
                    taken.Release();
                }
            },
            taken);
    }

    private static Task<ISide> Contended(Threading.Lock taken, int operations = Pairs) => LoopSide.Timed(operations, count =>
    {
        return Team.Run(Part, Part);

        void Part()
        {
            for (int i = count / 2; i > 0; i--)
            {
                taken.Acquire();
                s_counter++;
                taken.Release();
            }
        }
    });

    private static Task<ISide> ContendedLock()
    {
        Lock taken = new();
        return LoopSide.Timed(Pairs, count =>
        {
            return Team.Run(Part, Part);

            void Part()
            {
                for (int i = count / 2; i > 0; i--)
                {
                    taken.Enter();
                    s_counter++;
                    taken.Exit();
                }
            }
        });
    }

    private static Task<ISide> ContendedSemaphore()
    {
        SemaphoreSlim taken = new(1, 1);
        return LoopSide.Timed(
            Pairs,
            count =>
            {
                return Team.Run(Part, Part);

                void Part()
                {
                    for (int i = count / 2; i > 0; i--)
                    {
                        taken.Wait();
                        s_counter++;
                        taken.Release();
                    }
                }
            },
            taken);
    }
}
