using Telar.Multiprocessing.Pools;
using Xunit;

namespace Telar.Tests.Multiprocessing.Pools;

public sealed class PoolCoreCallTests
{
    [Fact(Timeout = 120_000)]
    public void Submit_WhenNoWorkerIsIdle_StartsOneAndSendsWhenItIsReady()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 2 });

        TestCall a = pool.Submit("a");
        pool.Expect("start 1");
        pool.Ready(1);
        pool.Expect("send a to 1 as 1", "a runs");
        pool.Result(1, 1);
        pool.Expect("a Succeeded");

        Assert.Equal("payload", pool.LastPayload);
        Assert.Equal(PoolCallState.Ended, a.State);
        Assert.Equal(1, a.Attempts);
        Assert.Equal("call 1 'a'", a.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void Submit_WhileAWorkerIsIdle_StartsNoOther()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 2 });
        pool.Submit("a");
        pool.Expect("start 1");
        pool.Ready(1);
        pool.Result(1, 1);
        pool.Take();

        pool.Submit("b");

        pool.Expect("send b to 1 as 2", "b runs");
    }

    [Fact(Timeout = 120_000)]
    public void Submit_BeforeRunTimesAreKnown_SendsOneCallAWorker()
    {
        PoolScript pool = PoolScript.WithWorkers(1);

        pool.Submit("a");
        pool.Submit("b");
        pool.Expect("send a to 1 as 1", "a runs");
        pool.Result(1, 1, milliseconds: 50);

        pool.Expect("a Succeeded", "send b to 1 as 2", "b runs");
    }

    [Fact(Timeout = 120_000)]
    public void Submit_WhenCallsAreShort_LetsAsManyWaitAtAWorkerAsFitThePrefetchTarget()
    {
        PoolScript pool = PoolScript.WithWorkers(1, new PoolPolicy { PrefetchTarget = TimeSpan.FromMilliseconds(2) });
        pool.Submit("warm-up");
        pool.Result(1, 1, milliseconds: 1);
        pool.Take();

        foreach (string name in new[] { "a", "b", "c", "d" })
        {
            pool.Submit(name);
        }

        pool.Expect("send a to 1 as 2", "a runs", "send b to 1 as 3", "send c to 1 as 4");
        pool.Result(1, 2, milliseconds: 1);
        pool.Expect("a Succeeded", "b runs", "send d to 1 as 5");
    }

    [Fact(Timeout = 120_000)]
    public void Submit_WhenCallsAreVeryShort_LetsNoMoreThanMaxPrefetchWait()
    {
        PoolScript pool = PoolScript.WithShortCalls(1, new PoolPolicy { MaxPrefetch = 1 });

        pool.Submit("a");
        pool.Submit("b");
        pool.Submit("c");

        pool.Expect("send a to 1 as 2", "a runs", "send b to 1 as 3");
    }

    [Fact(Timeout = 120_000)]
    public void Submit_BehindACallThatRunsLongerThanExpected_PrefetchesNothing()
    {
        PoolScript pool = PoolScript.WithShortCalls(1);
        pool.Submit("long");
        pool.Take();

        pool.After(3).Submit("a");

        pool.Expect();
    }

    [Fact(Timeout = 120_000)]
    public void Tick_WhenACallTurnsOutLong_TakesBackWhatWaitsBehindIt()
    {
        PoolScript pool = PoolScript.WithShortCalls(2);
        pool.Submit("long");
        pool.Submit("other");
        pool.Submit("a");
        pool.Submit("b");
        pool.Expect(
            "send long to 2 as 2", "long runs", "send other to 1 as 1", "other runs", "send a to 1 as 2", "send b to 2 as 3");

        pool.TickAtDeadline(2);
        pool.Expect("revoke 2 through 3", "revoke 1 through 2");
        pool.Revoked(2, 2);
        pool.Revoked(1, 1);
        pool.Expect();
        pool.Result(1, 1, milliseconds: 2.5);

        pool.Expect("other Succeeded", "send a to 1 as 3", "a runs", "send b to 1 as 4");
    }

    [Fact(Timeout = 120_000)]
    public void ResultArrived_WhenAWorkerIdlesAndAnotherHoldsWaitingCalls_SharesThemOut()
    {
        PoolScript pool = PoolScript.WithShortCalls(2);
        pool.Submit("a");
        pool.Submit("b");
        pool.Submit("c");
        pool.Expect("send a to 2 as 2", "a runs", "send b to 1 as 1", "b runs", "send c to 1 as 2");

        pool.Result(2, 2, milliseconds: 0.01);
        pool.Expect("a Succeeded", "revoke 1 through 2");
        pool.Revoked(1, 1);

        pool.Expect("send c to 2 as 3", "c runs");
    }

    [Fact(Timeout = 120_000)]
    public void Revoked_WhenEvenTheFirstCallHadNotStarted_PrefetchesNothingThereUntilAResult()
    {
        // Seen red: without it a worker slower to wake up than PrefetchTarget is relieved of its calls for ever.
        PoolScript pool = PoolScript.WithShortCalls(2);
        TestCall a = pool.Submit("a");
        pool.Submit("b");
        pool.Submit("c");
        pool.Take();
        pool.TickAtDeadline(2);
        pool.Expect("revoke 1 through 2");

        pool.Revoked(1, 0);

        pool.Expect("send b to 1 as 3");
        Assert.Equal(1, a.Attempts);
        pool.After(10);
        pool.Core.Tick(pool.Now);
        pool.Expect();
        pool.Result(1, 3, milliseconds: 0.01);
        pool.Expect("b Succeeded", "send c to 1 as 4", "c runs");
    }

    [Fact(Timeout = 120_000)]
    public void Revoked_WhenCallsComeBackInAnotherOrderThanTheyWereSubmitted_SendsTheOldestFirst()
    {
        // Seen red: the place of one was searched from the one before it, which may be younger (mutant return-by-hint).
        PoolScript pool = PoolScript.WithShortCalls(1);
        pool.Submit("a");
        TestCall b = pool.Submit("b");
        pool.Submit("c");
        pool.Take();
        pool.Core.Resize(2, pool.Now);
        pool.Expect("start 2");
        pool.TickAtDeadline(2);
        pool.Expect("revoke 1 through 4");
        pool.Revoked(1, 2);

        pool.Ready(2);
        pool.Expect("send b to 2 as 1", "b runs", "send c to 2 as 2");
        Assert.Equal(PoolCallState.Running, b.State);
        pool.Died(2, lastStarted: 0);
        pool.Result(1, 2, milliseconds: 0.01);

        pool.Expect("a Succeeded", "send b to 1 as 5", "send c to 1 as 6");
    }

    [Fact(Timeout = 120_000)]
    public void Submit_WithPriorities_SendsTheHighestFirstAndEqualsInOrder()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Submit("running");
        pool.Submit("usual 1");
        pool.Submit("low", priority: -1);
        pool.Submit("high 1", priority: 5);
        TestCall higher = pool.Submit("higher", priority: 6);
        pool.Submit("usual 2");
        pool.Submit("high 2", priority: 5);
        pool.Take();

        pool.Core.Cancel(higher, evenIfRunning: false, pool.Now);
        pool.Expect("higher Cancelled");
        List<string> sent = [];
        for (int sequence = 1; sequence <= 6; sequence++)
        {
            pool.Result(1, sequence);
            sent.AddRange(pool.Take().Where(static line => line.StartsWith("send", StringComparison.Ordinal)));
        }

        Assert.Equal(
            ["send high 1 to 1 as 2", "send high 2 to 1 as 3", "send usual 1 to 1 as 4", "send usual 2 to 1 as 5", "send low to 1 as 6"],
            sent);
    }

    [Fact(Timeout = 120_000)]
    public void WorkerDied_WhenCallsOfSeveralPrioritiesComeBack_PutsEachBackAmongItsOwn()
    {
        PoolScript pool = PoolScript.WithShortCalls(1, new PoolPolicy { MaxPrefetch = 3 });
        pool.Submit("running");
        pool.Submit("usual 1");
        pool.Submit("high 1", priority: 1);
        pool.Submit("usual 2");
        pool.Submit("high 2", priority: 1);
        pool.Take();

        pool.Died(1, lastStarted: 2);
        pool.Take();
        pool.Ready(2);

        Assert.Equal(
            ["send high 1 to 2 as 1", "send high 2 to 2 as 2", "send usual 1 to 2 as 3", "send usual 2 to 2 as 4"],
            pool.Take().Where(static line => line.StartsWith("send", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 120_000)]
    public void ResultArrived_WithAWrongNumber_IsRefusedAndChangesNothing()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Submit("a");
        pool.Take();

        pool.Result(1, 0, accepted: false);
        pool.Result(1, 2, accepted: false);
        pool.Expect();
        pool.Result(1, 1);
        pool.Expect("a Succeeded");
        pool.Result(1, 1, accepted: false);
        pool.Expect();
    }

    [Fact(Timeout = 120_000)]
    public void ResultArrived_OfACallThatThrew_EndsItAsFailed()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Submit("a");
        pool.Submit("b");
        pool.Take();

        pool.Result(1, 1, PoolResultKind.Failed);
        pool.Expect("a Failed", "send b to 1 as 2", "b runs");
        pool.Result(1, 2, PoolResultKind.Cancelled); // Its own doing: nobody had asked it to.

        pool.Expect("b Failed");
    }

    [Fact(Timeout = 120_000)]
    public void Submit_OfTheSameRecordTwice_SaysThatARecordServesOneCall()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        TestCall a = pool.Submit("a");

        var exception = Assert.Throws<InvalidOperationException>(() => pool.Core.Submit(a, pool.Now));

        Assert.Equal(
            "Submit needs a new record, but call 1 'a' is Running. A record serves one call: make another one.", exception.Message);
        Assert.Throws<InvalidOperationException>(() => pool.Core.Cancel(new TestCall(), true, pool.Now));
    }

    [Fact(Timeout = 120_000)]
    public void SubmitToEnded_OnceWarm_AllocatesNothing()
    {
        PoolScript pool = PoolScript.WithWorkers(2);
        PoolCore core = pool.Core;
        var calls = new TestCall[2000];
        for (int i = 0; i < calls.Length; i++)
        {
            calls[i] = new TestCall { Timeout = TimeSpan.FromSeconds(1) };
        }

        var sent = new Queue<(PoolWorker Worker, long Sequence)>(64);
        Cycle(0, 1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Cycle(1000, 2000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2000, core.Snapshot().Succeeded);

        void Cycle(int from, int to)
        {
            int next = from;
            for (int ended = from; ended < to;)
            {
                while (next < to && next - ended < 32)
                {
                    _ = core.Submit(calls[next++], pool.Now);
                    _ = Take();
                }

                (PoolWorker worker, long sequence) = sent.Dequeue();
                _ = core.ResultArrived(worker, sequence, PoolResultKind.Succeeded, null, TimeSpan.FromMicroseconds(5), pool.Now);
                ended += Take();
            }
        }

        int Take()
        {
            int ended = 0;
            while (core.TryTake(out PoolCommand command))
            {
                switch (command.Kind)
                {
                    case PoolCommandKind.Send:
                        sent.Enqueue((command.Worker!, command.Sequence));
                        break;
                    case PoolCommandKind.Revoke:
                        core.Revoked(command.Worker!, command.Sequence, pool.Now);
                        break;
                    case PoolCommandKind.CallEnded:
                        ended++;
                        break;
                }
            }

            return ended;
        }
    }
}
