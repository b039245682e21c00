namespace Telar.Benchmarks;

/// <summary>Two threads that wake each other. One operation is there and back.</summary>
internal static class PingPongFigures
{
    private const int Rounds = 5_000;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("event ping-pong", "ns", 15,
            new("Telar Event", static _ => Events()),
            new("AutoResetEvent", static _ => ResetEvents(), Target.None),
            Contender.C("C, futex", "futex", Rounds, Target.TimeAtMost(1.5)),
            Contender.C("C, futex, a processor each", "futex_apart", Rounds / 10, Target.None),
            Contender.Python("event", Rounds, Target.FasterAtLeast(3))),
        new("condition ping-pong", "ns", 15,
            new("Telar Condition", static _ => Conditions(new Threading.Condition(new Threading.Lock()))),
            new("Telar Condition, RLock", static _ => Conditions(new Threading.Condition()), Target.None),
            new("Monitor", static _ => Monitors(), Target.None),
            Contender.C("C, futex", "futex", Rounds, Target.TimeAtMost(1.5)),
            Contender.C("C, futex, a processor each", "futex_apart", Rounds / 10, Target.None),
            Contender.Python("condition", Rounds, Target.FasterAtLeast(3))),
        new("barrier ping-pong, two meetings", "ns", 15,
            new("Telar Barrier", static _ => Barriers()),
            new("System.Threading.Barrier", static _ => SystemBarriers(), Target.None),
            Contender.C("C, futex", "futex", Rounds, Target.TimeAtMost(1.5)),
            Contender.C("C, futex, a processor each", "futex_apart", Rounds / 10, Target.None),
            Contender.Python("barrier", Rounds, Target.FasterAtLeast(3))),
        new("event ping-pong of tasks", "ns", 15,
            new("Telar Event", static _ => TaskEvents()),
            new("SemaphoreSlim", static _ => TaskSemaphores(), Target.None)),
    ];

    private static Task<ISide> Events()
    {
        Threading.Event ping = new();
        Threading.Event pong = new();
        return LoopSide.Timed(Rounds, count => Team.Run(
            () =>
            {
                for (int i = 0; i < count; i++)
                {
                    ping.Set();
                    pong.Wait();
                    pong.Clear();
                }
            },
            () =>
            {
                for (int i = 0; i < count; i++)
                {
                    ping.Wait();
                    ping.Clear();
                    pong.Set();
                }
            }));
    }

    private static Task<ISide> ResetEvents()
    {
        AutoResetEvent ping = new(false);
        AutoResetEvent pong = new(false);
        return LoopSide.Timed(Rounds, count => Team.Run(
            () =>
            {
                for (int i = 0; i < count; i++)
                {
                    ping.Set();
                    pong.WaitOne();
                }
            },
            () =>
            {
                for (int i = 0; i < count; i++)
                {
                    ping.WaitOne();
                    pong.Set();
                }
            }));
    }

    private static Task<ISide> Conditions(Threading.Condition condition) => LoopSide.Timed(Rounds, count =>
    {
        int turn = 0;
        return Team.Run(() => Play(0), () => Play(1));

        void Play(int mine)
        {
            for (int i = 0; i < count; i++)
            {
                condition.Acquire();
                while (turn != mine)
                {
                    condition.Wait();
                }

                turn = 1 - mine;
                condition.Notify();
                condition.Release();
            }
        }
    });

    private static Task<ISide> Monitors()
    {
        object condition = new();
        return LoopSide.Timed(Rounds, count =>
        {
            int turn = 0;
            return Team.Run(() => Play(0), () => Play(1));

            void Play(int mine)
            {
                for (int i = 0; i < count; i++)
                {
                    lock (condition)
                    {
                        while (turn != mine)
                        {
                            Monitor.Wait(condition);
                        }

                        turn = 1 - mine;
                        Monitor.Pulse(condition);
                    }
                }
            }
        });
    }

    private static Task<ISide> Barriers()
    {
        Threading.Barrier barrier = new(2);
        return LoopSide.Timed(Rounds, count =>
        {
            return Team.Run(Play, Play);

            void Play()
            {
                for (int i = 0; i < 2 * count; i++)
                {
                    barrier.Wait();
                }
            }
        });
    }

    private static Task<ISide> SystemBarriers()
    {
        Barrier barrier = new(2);
        return LoopSide.Timed(
            Rounds,
            count =>
            {
                return Team.Run(Play, Play);

                void Play()
                {
                    for (int i = 0; i < 2 * count; i++)
                    {
                        barrier.SignalAndWait();
                    }
                }
            },
            barrier);
    }

    private static Task<ISide> TaskEvents()
    {
        Threading.Event ping = new();
        Threading.Event pong = new();
        return LoopSide.Tasks(Rounds, count =>
        {
            return Task.WhenAll(Task.Run(FirstAsync), Task.Run(SecondAsync));

            async Task FirstAsync()
            {
                for (int i = 0; i < count; i++)
                {
                    ping.Set();
                    await pong.WaitAsync();
                    pong.Clear();
                }
            }

            async Task SecondAsync()
            {
                for (int i = 0; i < count; i++)
                {
                    await ping.WaitAsync();
                    ping.Clear();
                    pong.Set();
                }
            }
        });
    }

    private static Task<ISide> TaskSemaphores()
    {
        SemaphoreSlim ping = new(0);
        SemaphoreSlim pong = new(0);
        return LoopSide.Tasks(
            Rounds,
            count =>
            {
                return Task.WhenAll(Task.Run(FirstAsync), Task.Run(SecondAsync));

                async Task FirstAsync()
                {
                    for (int i = 0; i < count; i++)
                    {
                        ping.Release();
                        await pong.WaitAsync();
                    }
                }

                async Task SecondAsync()
                {
                    for (int i = 0; i < count; i++)
                    {
                        await ping.WaitAsync();
                        pong.Release();
                    }
                }
            },
            ping);
    }
}
