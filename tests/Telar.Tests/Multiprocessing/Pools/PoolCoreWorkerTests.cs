using Telar.Multiprocessing.Pools;
using Xunit;

namespace Telar.Tests.Multiprocessing.Pools;

public sealed class PoolCoreWorkerTests
{
    [Fact(Timeout = 120_000)]
    public void Start_OfAPoolThatPrestarts_StartsAllWorkers()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 3, Prestart = true });

        pool.Core.Start(pool.Now);

        pool.Expect("start 1", "start 2", "start 3");
    }

    [Fact(Timeout = 120_000)]
    public void WorkerStartFailed_PausesLongerEachTimeAndThenBreaksThePool()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 4, MaxStartFailures = 3 });
        pool.Submit("a");
        pool.Expect("start 1");

        pool.StartFailed(1);
        pool.Expect();
        pool.TickAtDeadline(100);
        pool.Expect("start 2");
        pool.Died(2);
        pool.Expect();
        pool.TickAtDeadline(300);
        pool.Expect("start 3");
        pool.StartFailed(3);

        pool.Expect("PoolBroken", "a Broken", "PoolEnded");
        Assert.False(pool.Core.Submit(new TestCall(), pool.Now));
    }

    [Fact(Timeout = 120_000)]
    public void WorkerStartFailed_WhenTheInitializerThrew_BreaksThePoolAtOnceAndLetsRunningCallsEnd()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 2 });
        pool.Submit("a");
        pool.Submit("b");
        pool.Ready(1 + pool.Take().Length - 2);
        pool.Expect("send a to 1 as 1", "a runs");

        pool.StartFailed(2, PoolStartFailure.InitializerThrew);

        pool.Expect("PoolBroken", "b Broken");
        Assert.Equal("cause", pool.LastPayload);
        pool.Result(1, 1);
        pool.Expect("a Succeeded", "stop 1");
        pool.Died(1, lastStarted: 1);
        pool.Expect("PoolEnded");
    }

    [Fact(Timeout = 120_000)]
    public void WorkerReady_BetweenFailures_EndsTheCount()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 1, MaxStartFailures = 2 });
        pool.Submit("a");
        pool.Take();
        pool.StartFailed(1);
        pool.TickAtDeadline(100);
        pool.Take();
        pool.Ready(2);
        pool.Take();
        pool.Died(2, lastStarted: 1);
        pool.Submit("b");
        pool.Expect("a WorkerDied", "start 3");

        pool.StartFailed(3);

        pool.Expect();
        Assert.Equal(TimeSpan.FromMilliseconds(200), pool.Core.NextDeadline);
    }

    [Fact(Timeout = 120_000)]
    public void WorkerDied_AgainAndAgainBeforeItStartsItsCall_BreaksThePool()
    {
        // Seen red: each WorkerReady forgave the failures before it, and the loop never ended (mutant ready-forgives).
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 1, MaxStartFailures = 3 });
        pool.Submit("a");
        pool.Take();
        for (int i = 1; i <= 3; i++)
        {
            pool.Ready(i);
            pool.Died(i);
            if (i < 3)
            {
                pool.TickAtDeadline(i == 1 ? 100 : 300);
                Assert.Contains($"start {i + 1}", pool.Take());
            }
        }

        pool.Expect("send a to 3 as 1", "PoolBroken", "a Broken", "PoolEnded");
    }

    [Fact(Timeout = 120_000)]
    public void WorkerDied_IdleBeforeItsFirstCall_OnlyDelaysItsReplacement()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 1, Prestart = true, MaxStartFailures = 1 });
        pool.Core.Start(pool.Now);
        pool.Take();
        double due = 0;
        for (int i = 1; i <= 8; i++)
        {
            pool.Ready(i);
            pool.Died(i);
            pool.Expect();
            due += Math.Min(100 * Math.Pow(2, i - 1), 5000);
            pool.TickAtDeadline(due);
            pool.Expect($"start {i + 1}");
        }
    }

    [Fact(Timeout = 120_000)]
    public void StartTimeout_KillsTheWorkerAndCountsAsAFailure()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 1, MaxStartFailures = 1 });
        pool.Submit("a");
        pool.Take();

        pool.TickAtDeadline(60_000);
        pool.Expect("kill 1");
        Assert.True(pool.Worker(1).StartTimedOut);
        pool.Died(1);

        pool.Expect("PoolBroken", "a Broken", "PoolEnded");
    }

    [Fact(Timeout = 120_000)]
    public void MaxTasksPerWorker_WhenUsedUp_StartsTheReplacementBeforeTheWorkerHasEnded()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 1, MaxTasksPerWorker = 1 });
        pool.Submit("a");
        pool.Submit("b");
        pool.Take();

        pool.Ready(1);
        pool.Expect("send a to 1 as 1", "a runs", "start 2");
        pool.Ready(2);
        pool.Expect("send b to 2 as 1", "b runs");
        pool.Result(1, 1);
        pool.Expect("a Succeeded", "stop 1");
        pool.Died(1, lastStarted: 1);
        pool.Result(2, 1);
        pool.Expect("b Succeeded", "stop 2");

        Assert.Equal(2, pool.Core.Snapshot().Recycled);
    }

    [Fact(Timeout = 120_000)]
    public void MaxTasksPerWorker_WhenTheRestIsDoneSoonerThanAStartTakes_StartsASuccessorThatWaits()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 1, MaxTasksPerWorker = 3, MaxPrefetch = 0 });
        foreach (string name in new[] { "a", "b", "c", "d" })
        {
            pool.Submit(name);
        }

        pool.Take();
        pool.Ready(1);
        pool.Take();

        pool.Result(1, 1, milliseconds: 1);
        pool.Expect("a Succeeded", "send b to 1 as 2", "b runs", "start 2");
        pool.Ready(2);
        pool.Expect();
        Assert.Equal(1, pool.Core.Snapshot().Assignable);
        pool.Result(1, 2, milliseconds: 1);

        pool.Expect("b Succeeded", "send c to 1 as 3", "c runs", "send d to 2 as 1", "d runs");
    }

    [Fact(Timeout = 120_000)]
    public void MaxTasksPerWorker_WhenTheSuccessorDies_GoesOnWithTheOldWorker()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 1, MaxTasksPerWorker = 4, MaxPrefetch = 0 });
        foreach (string name in new[] { "a", "b", "c", "d" })
        {
            pool.Submit(name);
        }

        pool.Take();
        pool.Ready(1);
        pool.Result(1, 1, milliseconds: 1);
        Assert.Contains("start 2", pool.Take());

        pool.Died(2);
        pool.Result(1, 2, milliseconds: 1);

        pool.Expect("b Succeeded", "send c to 1 as 3", "c runs");
    }

    [Fact(Timeout = 120_000)]
    public void Recycle_OfABusyWorker_ReplacesItAfterItsCall()
    {
        PoolScript pool = PoolScript.WithShortCalls(1);
        pool.Submit("a");
        pool.Submit("b");
        pool.Take();

        pool.Core.Recycle(pool.Worker(1), pool.Now);
        pool.Expect("revoke 1 through 3", "start 2");
        pool.Revoked(1, 2);
        pool.Ready(2);
        pool.Expect("send b to 2 as 1", "b runs");
        pool.Result(1, 2);

        pool.Expect("a Succeeded", "stop 1");
    }

    [Fact(Timeout = 120_000)]
    public void Resize_Down_StopsIdleWorkersFirstAndBusyOnesAfterTheirCall()
    {
        PoolScript pool = PoolScript.WithWorkers(3);
        pool.Submit("a");
        pool.Submit("b");
        pool.Expect("send a to 3 as 1", "a runs", "send b to 2 as 1", "b runs");

        pool.Core.Resize(1, pool.Now);
        pool.Expect("stop 1");
        pool.Submit("c");
        pool.Result(2, 1);
        pool.Expect("b Succeeded", "stop 2");
        pool.Result(3, 1);

        pool.Expect("a Succeeded", "send c to 3 as 2", "c runs");
    }

    [Fact(Timeout = 120_000)]
    public void Resize_Up_StartsWorkersOnDemand()
    {
        PoolScript pool = PoolScript.WithShortCalls(1);
        pool = new PoolScript(new PoolPolicy { MaxWorkers = 1 });
        pool.Submit("a");
        pool.Submit("b");
        pool.Expect("start 1");

        pool.Core.Resize(4, pool.Now);

        pool.Expect("start 2");
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Core.Resize(0, pool.Now));
    }

    [Fact(Timeout = 120_000)]
    public void Shutdown_FinishesWhatIsPendingThenStopsTheWorkersAndEndsOnce()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Submit("a");
        pool.Submit("b");
        pool.Take();

        pool.Core.Shutdown(cancelPending: false, pool.Now);
        pool.Core.Shutdown(cancelPending: false, pool.Now);
        Assert.False(pool.Core.Submit(new TestCall(), pool.Now));
        pool.Result(1, 1);
        pool.Expect("a Succeeded", "send b to 1 as 2", "b runs");
        pool.Result(1, 2);
        pool.Expect("b Succeeded", "stop 1");
        pool.Died(1, lastStarted: 2);
        pool.Core.Terminate(gently: false, "too late", pool.Now);

        pool.Expect("PoolEnded");
    }

    [Fact(Timeout = 120_000)]
    public void Shutdown_ThatCancelsWhatIsPending_TakesBackWhatWasSent()
    {
        PoolScript pool = PoolScript.WithShortCalls(1, new PoolPolicy { MaxPrefetch = 1 });
        pool.Submit("a", retries: 1);
        pool.Submit("b");
        pool.Submit("c");
        pool.Take();

        pool.Core.Shutdown(cancelPending: true, pool.Now);
        pool.Expect("c Cancelled", "revoke 1 through 3");
        pool.Revoked(1, 2);
        pool.Expect("b Cancelled");
        pool.Died(1, lastStarted: 2); // To run a again would be to start pending work.

        pool.Expect("a WorkerDied", "PoolEnded");
    }

    [Fact(Timeout = 120_000)]
    public void Shutdown_WhenAWorkerDoesNotExit_KillsItAfterTheGrace()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Core.Shutdown(cancelPending: false, pool.Now);
        pool.Expect("stop 1");

        pool.TickAtDeadline(5000);
        pool.Expect("kill 1");
        pool.TickAtDeadline(15_000);

        pool.Expect("PoolEnded");
        Assert.Equal(PoolWorkerState.Lost, pool.Worker(1).State);
    }

    [Fact(Timeout = 120_000)]
    public void Terminate_KillsAllAndBreaksRunningCallsWithTheirWorkers()
    {
        PoolScript pool = PoolScript.WithWorkers(2);
        pool.Submit("a", retries: 1);
        pool.Submit("b");
        pool.Submit("c");
        pool.Take();

        pool.Core.Terminate(gently: false, "the cause", pool.Now);
        pool.Expect("PoolBroken", "c Broken", "revoke 1 through 1", "kill 1 for 1", "revoke 2 through 1", "kill 2 for 1");
        Assert.False(pool.Core.Submit(new TestCall(), pool.Now));
        pool.Revoked(1, 1);
        pool.Revoked(2, 0);
        pool.Expect("a Broken");
        pool.Died(2);
        pool.Died(1, lastStarted: 1);

        pool.Expect("b Broken", "PoolEnded");
    }

    [Fact(Timeout = 120_000)]
    public void Terminate_Gently_KillsOnlyWhoDoesNotExitInTime()
    {
        PoolScript pool = PoolScript.WithWorkers(2);
        pool.Submit("a");
        pool.Take();

        pool.Core.Terminate(gently: true, "the cause", pool.Now);
        pool.Expect("PoolBroken", "terminate 1", "revoke 2 through 1", "terminate 2");
        pool.Revoked(2, 1);
        pool.Died(1);
        pool.TickAtDeadline(5000);
        pool.Expect("kill 2 for 1");
        pool.Died(2, lastStarted: 1);

        pool.Expect("a Broken", "PoolEnded");
    }

    [Fact(Timeout = 120_000)]
    public void Terminate_AfterAGentleOne_KillsAtOnce()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Core.Terminate(gently: true, "the cause", pool.Now);
        pool.Expect("PoolBroken", "terminate 1");

        pool.Core.Terminate(gently: false, "another", pool.Now);

        pool.Expect("kill 1");
    }

    [Fact(Timeout = 120_000)]
    public void MaxTasksPerWorker_WhenTheLastCallsWaitAtTheirWorker_StartsNoReplacementForThem()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 1, MaxTasksPerWorker = 3 });
        pool.Submit("short");
        pool.Take();
        pool.Ready(1);
        pool.Result(1, 1, milliseconds: 0.01);
        pool.Take();
        pool.Submit("a");
        pool.Submit("b");

        pool.Expect("send a to 1 as 2", "a runs", "send b to 1 as 3");
        pool.Submit("c");
        pool.Expect("start 2");
    }

    [Fact(Timeout = 120_000)]
    public void IdleTimeout_StopsAWorkerThatNoCallHasNeeded()
    {
        var pool = new PoolScript(new PoolPolicy { MaxWorkers = 1, IdleTimeout = TimeSpan.FromMilliseconds(100) });
        pool.Submit("a");
        pool.Take();
        pool.Ready(1);
        pool.Take();
        pool.TickAtDeadline(100); // When it would have idled too long, had it not been sent a call at once.
        pool.Expect();
        pool.After(200).Result(1, 1);
        pool.Take();

        pool.TickAtDeadline(400);
        pool.Expect("stop 1");
        pool.Died(1);
        pool.Submit("b");

        pool.Expect("start 2");
    }

    [Fact(Timeout = 120_000)]
    public void Tick_BeforeTheDeadline_DoesNothing()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Submit("a", timeout: 100);
        pool.Take();

        pool.After(99);
        pool.Core.Tick(pool.Now);

        pool.Expect();
        Assert.Equal(TimeSpan.FromMilliseconds(100), pool.Core.NextDeadline);
    }

    [Fact(Timeout = 120_000)]
    public void Events_OfAWorkerThatIsGone_AreIgnored()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Died(1);
        pool.Take();
        PoolStatistics before = pool.Core.Snapshot();

        pool.Died(1, lastStarted: 7);
        pool.StartFailed(1, PoolStartFailure.InitializerThrew);
        pool.Ready(1);
        pool.Revoked(1, 3);
        pool.Result(1, 1, accepted: false);

        pool.Expect();
        Assert.Equal(before, pool.Core.Snapshot());
    }

    [Fact(Timeout = 120_000)]
    public void PoolCore_WithAPolicyThatCannotWork_IsRefused()
    {
        Refused(new PoolPolicy { MaxWorkers = 0 });
        Refused(new PoolPolicy { MaxTasksPerWorker = 0 });
        Refused(new PoolPolicy { MaxStartFailures = 0 });
        Refused(new PoolPolicy { MaxPrefetch = -1 });
        Refused(new PoolPolicy { KillTimeout = TimeSpan.FromSeconds(-2) });
        Refused(new PoolPolicy { MaxBackoff = TimeSpan.Zero });
        _ = new PoolCore(new PoolPolicy { StartTimeout = Timeout.InfiniteTimeSpan });

        static void Refused(PoolPolicy policy) => Assert.Throws<ArgumentOutOfRangeException>(() => new PoolCore(policy));
    }
}
