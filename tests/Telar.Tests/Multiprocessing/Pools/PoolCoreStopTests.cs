using Telar.Multiprocessing.Pools;
using Xunit;

namespace Telar.Tests.Multiprocessing.Pools;

public sealed class PoolCoreStopTests
{
    [Fact(Timeout = 120_000)]
    public void Cancel_OfAQueuedCall_EndsItAtOnce()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Submit("a");
        TestCall b = pool.Submit("b");
        pool.Take();

        Assert.Equal(PoolCancelAnswer.Cancelled, pool.Core.Cancel(b, evenIfRunning: false, pool.Now));
        pool.Expect("b Cancelled");
        Assert.Equal(PoolCancelAnswer.TooLate, pool.Core.Cancel(b, evenIfRunning: true, pool.Now));
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_OfASentCall_TakesItBackAndHarmsNoOther()
    {
        PoolScript pool = PoolScript.WithShortCalls(1);
        pool.Submit("a");
        TestCall b = pool.Submit("b");
        pool.Submit("c");
        pool.Take();

        Assert.Equal(PoolCancelAnswer.Requested, pool.Core.Cancel(b, evenIfRunning: false, pool.Now));
        pool.Expect("revoke 1 through 4");
        pool.Revoked(1, 2);

        pool.Expect("b Cancelled", "send c to 1 as 5");
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_OfASentCallThatHasStarted_LeavesItAloneIfItMayOnlyBePending()
    {
        PoolScript pool = PoolScript.WithShortCalls(1);
        pool.Submit("a");
        TestCall b = pool.Submit("b");
        pool.Take();

        pool.Core.Cancel(b, evenIfRunning: false, pool.Now);
        pool.Expect("revoke 1 through 3");
        pool.Revoked(1, 3); // The result of a is still on its way.

        pool.Expect("b runs");
        pool.Result(1, 2);
        pool.Expect("a Succeeded");
        Assert.Equal(PoolCancelAnswer.TooLate, pool.Core.Cancel(b, evenIfRunning: false, pool.Now));
        pool.Result(1, 3);
        pool.Expect("b Succeeded");
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_OfARunningCall_AsksThenKillsAndEndsItWhenTheDeathIsConfirmed()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        TestCall a = pool.Submit("a", grace: 500);
        pool.Submit("b");
        pool.Take();

        Assert.Equal(PoolCancelAnswer.Requested, pool.Core.Cancel(a, evenIfRunning: true, pool.Now));
        pool.Expect("revoke 1 through 1");
        pool.Revoked(1, 1);
        pool.Expect("ask 1 to stop 1");
        pool.TickAtDeadline(500);
        pool.Expect("kill 1 for 1");
        pool.Died(1, lastStarted: 1);

        pool.Expect("a Cancelled", "start 2");
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_OfARunningCallThatObeys_KeepsTheWorker()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        TestCall a = pool.Submit("a");
        pool.Submit("b");
        pool.Take();
        pool.Core.Cancel(a, evenIfRunning: true, pool.Now);
        pool.Revoked(1, 1);
        pool.Take();

        pool.Result(1, 1, PoolResultKind.Cancelled);

        pool.Expect("a Cancelled", "send b to 1 as 2", "b runs");
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_WhenTheResultWinsTheRace_CountsTheResultEvenAfterTheKill()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        TestCall a = pool.Submit("a", grace: 0);
        pool.Take();
        pool.Core.Cancel(a, evenIfRunning: true, pool.Now);
        pool.Revoked(1, 1);
        pool.Expect("revoke 1 through 1", "kill 1 for 1");

        pool.Result(1, 1);
        pool.Expect("a Succeeded");
        pool.Died(1, lastStarted: 1);

        Assert.Equal(0, pool.Core.Snapshot().WorkerDied);
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_OfAFirstCallThatHadNotStarted_EndsItWithoutDisturbingTheWorker()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        TestCall a = pool.Submit("a");
        pool.Submit("b");
        pool.Take();

        pool.Core.Cancel(a, evenIfRunning: true, pool.Now);
        pool.Revoked(1, 0);

        pool.Expect("revoke 1 through 1", "a Cancelled", "send b to 1 as 2", "b runs");
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_OfACallWhoseResultIsOnItsWay_SparesTheCallThatRunsByNow()
    {
        // Seen red: the kill for a hit b, which the worker had started before it was revoked (mutant kill-finished).
        PoolScript pool = PoolScript.WithShortCalls(1);
        TestCall a = pool.Submit("a", grace: 0);
        pool.Submit("b");
        pool.Take();

        pool.Core.Cancel(a, evenIfRunning: true, pool.Now);
        pool.Expect("revoke 1 through 3");
        pool.Revoked(1, 3);
        pool.Expect("b runs");
        pool.Result(1, 2);

        pool.Expect("a Succeeded");
    }

    [Fact(Timeout = 120_000)]
    public void Timeout_CountsFromTheStartAndNotFromSubmit()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Submit("a");
        pool.Submit("b", timeout: 100, grace: 10);
        pool.After(500).Result(1, 1);
        pool.Take();

        pool.TickAtDeadline(600);
        pool.Expect("revoke 1 through 2");
        pool.Revoked(1, 2);
        pool.Expect("ask 1 to stop 2");
        pool.TickAtDeadline(610);
        pool.Expect("kill 1 for 2");
        pool.Died(1, lastStarted: 2);

        pool.Expect("b TimedOut", "start 2");
    }

    [Fact(Timeout = 120_000)]
    public void Timeout_OfAPrefetchedCall_CountsFromTheResultBeforeIt()
    {
        PoolScript pool = PoolScript.WithShortCalls(1, new PoolPolicy { PrefetchTarget = TimeSpan.FromSeconds(9) });
        pool.Submit("a");
        pool.Submit("b", timeout: 100);
        pool.After(80).Result(1, 2);
        pool.Take();

        pool.TickAtDeadline(180);

        pool.Expect("revoke 1 through 3");
    }

    [Fact(Timeout = 120_000)]
    public void KillTimeout_WhenAKilledWorkerDoesNotDie_GivesItUpAndIgnoresWhatItStillSays()
    {
        PoolScript pool = PoolScript.WithWorkers(1, new PoolPolicy { KillTimeout = TimeSpan.FromMilliseconds(50) });
        TestCall a = pool.Submit("a", grace: 0, retries: 3);
        pool.Submit("b");
        pool.Take();
        pool.Core.Cancel(a, evenIfRunning: true, pool.Now);
        pool.Revoked(1, 1);
        pool.Take();

        pool.TickAtDeadline(50);

        pool.Expect("a Cancelled", "start 2");
        Assert.Equal(PoolWorkerState.Lost, pool.Worker(1).State);
        pool.Result(1, 1, accepted: false);
        pool.Revoked(1, 0);
        pool.Died(1, lastStarted: 1);
        pool.Ready(2);
        pool.Expect("send b to 2 as 1", "b runs");
        Assert.Equal(1, pool.Core.Snapshot().Lost);
    }

    [Fact(Timeout = 120_000)]
    public void WorkerDied_FailsOnlyTheCallThatItRan()
    {
        PoolScript pool = PoolScript.WithShortCalls(2);
        foreach (string name in new[] { "a", "b", "c", "d" })
        {
            pool.Submit(name);
        }

        pool.Expect("send a to 2 as 2", "a runs", "send b to 1 as 1", "b runs", "send c to 1 as 2", "send d to 2 as 3");
        pool.Died(2, lastStarted: 2);

        pool.Expect("a WorkerDied", "send d to 1 as 3", "start 3");
        Assert.Equal(1, pool.Core.Snapshot().WorkerDied);
    }

    [Fact(Timeout = 120_000)]
    public void WorkerDied_AfterItsLastResult_FailsNobody()
    {
        PoolScript pool = PoolScript.WithShortCalls(1);
        pool.Submit("a");
        pool.Submit("b");
        pool.Take();

        pool.Result(1, 2);
        pool.Expect("a Succeeded", "b runs");
        pool.Died(1, lastStarted: 2);

        pool.Expect("start 2");
    }

    [Fact(Timeout = 120_000)]
    public void WorkerDied_WhenTheCallHasRetriesLeft_RunsItAgainFirst()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        TestCall a = pool.Submit("a", retries: 1);
        pool.Submit("b");
        pool.Take();

        pool.Died(1, lastStarted: 1);
        pool.Expect("start 2");
        pool.Ready(2);
        pool.Expect("send a to 2 as 1", "a runs");
        Assert.Equal(2, a.Attempts);
        pool.Died(2, lastStarted: 1);

        pool.Expect("a WorkerDied", "start 3");
        Assert.Equal(1, pool.Core.OpenCalls);
    }

    [Fact(Timeout = 120_000)]
    public void WorkerDied_WithResultsMissingBeforeTheLastStarted_HoldsThemForRun()
    {
        // No driver should let it come to this; if one does, a call must still not run twice.
        PoolScript pool = PoolScript.WithShortCalls(1);
        pool.Submit("a");
        pool.Submit("b");
        pool.Submit("c");
        pool.Take();

        pool.Died(1, lastStarted: 3);

        pool.Expect("a WorkerDied", "b runs", "b WorkerDied", "start 2");
    }

    [Fact(Timeout = 120_000)]
    public void Timeout_OfACallThatItsWorkerDidNotBeginForASecond_ReplacesTheWorker()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Submit("asleep", timeout: 1500);
        pool.Expect("send asleep to 1 as 1", "asleep runs");

        pool.TickAtDeadline(1500);
        pool.Expect("revoke 1 through 1");
        pool.Revoked(1, 0);

        pool.Expect("asleep TimedOut", "kill 1");
        pool.Submit("next");
        pool.Expect();
        pool.Died(1);
        pool.Expect("start 2");
    }

    [Fact(Timeout = 120_000)]
    public void Timeout_OfCallsThatTheirWorkerDidNotBegin_ReplacesItTheSecondTime()
    {
        PoolScript pool = PoolScript.WithWorkers(1);
        pool.Submit("one", timeout: 100);
        pool.TickAtDeadline(100);
        pool.Take();
        pool.Revoked(1, 0);
        pool.Expect("one TimedOut");
        Assert.Same(PoolCore.NotStarted, pool.LastPayload);

        pool.Submit("two", timeout: 100);
        pool.Expect("send two to 1 as 2", "two runs");
        pool.TickAtDeadline(200);
        pool.Take();
        pool.Revoked(1, 0);

        pool.Expect("two TimedOut", "kill 1");
    }
}
