using System.Globalization;
using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;

namespace Telar.Simulation.ProcessLocks;

/// <summary>
/// Plays the protocols of locks between processes. <c>TELAR_SCHEDULES=n</c> changes how many schedules, <c>TELAR_SEED=n</c> plays that one.
/// </summary>
public sealed class WordProtocolTests
{
    private const int DefaultSchedules = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 600_000)]
    [InlineData(0)]
    [InlineData(2)]
    public void Lock_UnderAnySchedule_HasOneHolderAndTellsOfTheDead(int kills) => Play(kills, static world =>
    {
        WordFlow? inside = null;
        bool mustTell = false;
        for (int i = 0; i < 3; i++)
        {
            world.Add($"flow {i}", flow =>
            {
                LockProtocol<SimulatedWords> protocol = new(flow.Words);
                for (int round = 0; round < 3; round++)
                {
                    Acquire(flow, protocol.Acquiring());
                    mustTell |= inside is { IsDead: true };
                    Check(world, inside is null or { IsDead: true }, $"{inside?.Name} and {flow.Name} hold the lock.");
                    inside = flow;
                    flow.Step();
                    Check(world, !mustTell || flow.Words.Read(WordLayout.LockAbandonedBy) != 0, "a death was not told");
                    inside = null;
                    protocol.Release();
                }
            });
        }
    });

    [Fact(Timeout = 600_000)]
    public void Lock_WhenWaitersGiveUp_StrandsNobody() => Play(kills: 0, static world =>
    {
        for (int i = 0; i < 4; i++)
        {
            bool isHasty = i == 0;
            world.Add($"flow {i}", flow =>
            {
                LockProtocol<SimulatedWords> protocol = new(flow.Words);
                for (int round = 0; round < 3; round++)
                {
                    if (Acquire(flow, protocol.Acquiring(), isHasty ? default : WaitDeadline.Never))
                    {
                        flow.Step();
                        protocol.Release();
                    }
                }
            });
        }
    });

    [Theory(Timeout = 600_000)]
    [InlineData(0)]
    [InlineData(2)]
    public void Semaphore_UnderAnySchedule_NeverGivesTooManyUnits(int deadWaiters)
    {
        HashSet<WordFlow> holders = [];
        Play(
            deadWaiters,
            world =>
            {
                holders.Clear();
                world.Words[WordLayout.SemaphoreUnits] = 2;
                for (int i = 0; i < 4; i++)
                {
                    world.Add($"flow {i}", flow =>
                    {
                        SemaphoreProtocol<SimulatedWords> protocol = new(flow.Words);
                        for (int round = 0; round < 2; round++)
                        {
                            Acquire(flow, protocol.Acquiring());
                            holders.Add(flow);
                            Check(world, holders.Count <= 2, "three have two units");
                            flow.Step();
                            holders.Remove(flow);
                            protocol.TryRelease(1);
                        }
                    });
                }
            },
            mayDie: static flow => flow.SleepsAt >= 0); // what a holder takes along is lost: units have no owner
    }

    [Theory(Timeout = 600_000)]
    [InlineData(0)]
    [InlineData(3)]
    public void Units_UnderAnySchedule_AreNeitherLostNorDoubled(int kills)
    {
        HashSet<WordFlow> holders = [];
        Play(kills, world =>
        {
            holders.Clear();
            for (int i = 0; i < 4; i++)
            {
                world.Add($"flow {i}", flow =>
                {
                    UnitsProtocol<SimulatedWords> protocol = new(flow.Words, limit: 2);
                    for (int round = 0; round < 2; round++)
                    {
                        Acquire(flow, protocol.Acquiring());
                        holders.Add(flow);
                        Check(world, holders.Count(static holder => !holder.IsDead) <= 2, "three have two units");
                        flow.Step();
                        holders.Remove(flow);
                        Check(world, protocol.TryRelease(), "a unit was lost");
                    }
                });
            }
        });
    }

    [Theory(Timeout = 600_000)]
    [InlineData(0)]
    [InlineData(2)]
    public void Event_WhenClearFollowsSet_LetsAllWhoWaitedGo(int kills)
    {
        int waiting = 0;
        Play(
            kills,
            world =>
            {
                waiting = 0;
                for (int i = 0; i < 3; i++)
                {
                    world.Add($"waiter {i}", flow =>
                    {
                        SimulatedWords words = flow.Words;
                        EventProtocol<SimulatedWords>.Wait wait = new EventProtocol<SimulatedWords>(words).Waiting();
                        bool isOver = wait.TryFinish(looksForDead: true, out _);
                        waiting++;
                        if (!isOver)
                        {
                            Acquire(flow, wait);
                        }
                    });
                }

                world.Add("setter", flow =>
                {
                    EventProtocol<SimulatedWords> protocol = new(flow.Words);
                    while (waiting < 3)
                    {
                        flow.Step();
                    }

                    protocol.Set();
                    protocol.Clear();
                });
            },
            mayDie: static flow => flow.Name != "setter" && flow.SleepsAt >= 0);
    }

    [Theory(Timeout = 600_000)]
    [InlineData(0)]
    [InlineData(2)]
    public void Condition_UnderAnySchedule_LosesNoNotification(int kills)
    {
        int items = 0;
        Play(
            kills,
            world =>
            {
                items = 0;
                for (int i = 0; i < 3; i++)
                {
                    world.Add($"consumer {i}", flow =>
                    {
                        SimulatedWords words = flow.Words;
                        SimulatedHeldLock held = new(words);
                        held.Acquire();
                        while (items == 0)
                        {
                            Wait(new ConditionProtocol<SimulatedWords>(words), held);
                        }

                        items--;
                        held.Release();
                    });
                }

                world.Add("producer", flow =>
                {
                    SimulatedWords words = flow.Words;
                    SimulatedHeldLock held = new(words);
                    for (int i = 0; i < 3; i++)
                    {
                        held.Acquire();
                        items++;
                        new ConditionProtocol<SimulatedWords>(words).Notify_NeedsLock(1);
                        held.Release();
                    }
                });
            },
            mayDie: static flow => flow.Name != "producer");
    }

    // Seen red: a wait that does not end for a notification which a dead waiter has left.
    [Fact(Timeout = 600_000)]
    public void Condition_WhenTheOneNotifiedDies_WakesAnother()
    {
        int items = 0;
        bool isTaken = false;
        Play(
            kills: 1,
            world =>
            {
                items = 0;
                isTaken = false;
                for (int i = 0; i < 3; i++)
                {
                    world.Add($"consumer {i}", flow =>
                    {
                        SimulatedWords words = flow.Words;
                        SimulatedHeldLock held = new(words);
                        held.Acquire();
                        while (items == 0 && !isTaken)
                        {
                            Wait(new ConditionProtocol<SimulatedWords>(words), held);
                        }

                        if (!isTaken)
                        {
                            isTaken = true;
                            new ConditionProtocol<SimulatedWords>(words).Notify_NeedsLock(int.MaxValue);
                        }

                        held.Release();
                    });
                }

                world.Add("producer", flow =>
                {
                    SimulatedHeldLock held = new(flow.Words);
                    held.Acquire();
                    items++;
                    new ConditionProtocol<SimulatedWords>(flow.Words).Notify_NeedsLock(1);
                    held.Release();
                });
            },
            mayDie: flow => flow.Name != "producer" && items > 0 && !isTaken);
    }

    [Fact(Timeout = 600_000)]
    public void Condition_Notify_WakesAtMostOneOfThoseWhoWait() => Play(kills: 0, static world =>
    {
        int notified = 0;
        int waiting = 0;
        for (int i = 0; i < 3; i++)
        {
            world.Add($"waiter {i}", flow =>
            {
                SimulatedHeldLock held = new(flow.Words);
                held.Acquire();
                waiting++;
                Wait(new ConditionProtocol<SimulatedWords>(flow.Words), held);
                notified++;
                held.Release();
            });
        }

        world.Add("notifier", flow =>
        {
            SimulatedHeldLock held = new(flow.Words);
            ConditionProtocol<SimulatedWords> protocol = new(flow.Words);
            while (waiting < 3)
            {
                flow.Step();
            }

            held.Acquire();
            protocol.Notify_NeedsLock(1);
            protocol.Notify_NeedsLock(1);
            Check(world, protocol.WaitingCount == 1, "two notifications are not for two");
            protocol.Notify_NeedsLock(int.MaxValue);
            Check(world, notified == 0, "a waiter went on without the lock");
            held.Release();
        });
    });

    [Fact(Timeout = 600_000)]
    public void Barrier_WhenAllLive_PassesAllWithNumbersOfTheirOwn() => Play(kills: 0, static world =>
    {
        int actions = 0;
        HashSet<(int Round, int Number)> numbers = [];
        for (int i = 0; i < 3; i++)
        {
            world.Add($"party {i}", flow =>
            {
                BarrierProtocol<SimulatedWords> protocol = new(flow.Words, parties: 3);
                for (int round = 0; round < 3; round++)
                {
                    BarrierPassage passage = Meet(protocol, () => actions++);
                    Check(world, passage.Verdict == BarrierVerdict.Passed, $"verdict {passage.Verdict}");
                    Check(world, numbers.Add((round, passage.Number)), "a number was given twice");
                    Check(world, actions >= round + 1, "the action came too late");
                }

                Check(world, actions == 3, "the action ran once too often, or not at all");
            });
        }
    });

    [Fact(Timeout = 600_000)]
    public void Barrier_WhenAPartyDiesAnywhere_HoldsNobodyUp() => Play(kills: 1, static world =>
    {
        for (int i = 0; i < 3; i++)
        {
            world.Add($"party {i}", static flow =>
            {
                BarrierProtocol<SimulatedWords> protocol = new(flow.Words, parties: 3);
                for (int round = 0; round < 2; round++)
                {
                    if (Meet(protocol, flow.Step).Verdict != BarrierVerdict.Passed)
                    {
                        return;
                    }
                }
            });
        }
    });

    // Whoever is told that it is broken has come while the dead one was missing: nobody waits for ever, which Run would notice.
    private static BarrierPassage Meet(BarrierProtocol<SimulatedWords> protocol, Action action) =>
        protocol.WaitAsync(action, blocks: true, WaitDeadline.Never, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static void Wait(ConditionProtocol<SimulatedWords> protocol, SimulatedHeldLock held) =>
        protocol.WaitAsync(held, blocks: true, WaitDeadline.Never, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static bool Acquire<TWait>(WordFlow flow, TWait wait)
        where TWait : IWordWait => Acquire(flow, wait, WaitDeadline.Never);

    private static bool Acquire<TWait>(WordFlow flow, TWait wait, WaitDeadline deadline)
        where TWait : IWordWait =>
        flow.Words.WaitAsync(wait, blocks: true, deadline, CancellationToken.None).AsTask().GetAwaiter().GetResult() == WaitOutcome.Granted;

    private static void Check(WordWorld world, bool holds, string otherwise)
    {
        if (!holds)
        {
            world.Fail(otherwise);
        }
    }

    private static void Play(int kills, Action<WordWorld> arrange, Func<WordFlow, bool>? mayDie = null)
    {
        int? seed = Number("TELAR_SEED");
        int schedules = Number("TELAR_SCHEDULES") ?? DefaultSchedules;
        for (int i = seed ?? 1; i <= (seed ?? schedules); i++)
        {
            Token.ThrowIfCancellationRequested();
            using WordWorld world = new((ulong)i, allowsSlices: kills > 0) { Kills = kills, MayDie = mayDie ?? (static _ => true) };
            arrange(world);
            world.Run();
        }
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
