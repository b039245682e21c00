using Telar.Litmus.Races;
using Telar.Threading;

namespace Telar.Litmus;

public sealed class LockTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact(Timeout = Plan.Limit)]
    public void Lock_TakenByBoth_LetsOneInAtATime() =>
        Harness.Litmus.Check("Lock, exclusion", new Exclusion(static () => new Threading.Lock()), Plan.LockExclusion);

    [Fact(Timeout = Plan.Limit)]
    public void Lock_FairAndTakenByBoth_LetsOneInAtATime() =>
        Harness.Litmus.Check("fair Lock, exclusion", new Exclusion(static () => new Threading.Lock(LockFairness.Fair)), Plan.FairLockExclusion);

    [Fact(Timeout = Plan.Limit)]
    public void Lock_TriedByBoth_IsTakenByOne() =>
        Harness.Litmus.Check("Lock, try", new TryForTheLast(static () => new Threading.Lock()), Plan.LockTry);

    [Fact(Timeout = Plan.Limit)]
    public void Lock_ReleasedWhileItIsTried_BringsWhatWasWritten() =>
        Harness.Litmus.Check("Lock, release or try", new ReleaseOrTry(Held), Plan.LockReleaseOrTry);

    [Fact(Timeout = Plan.Limit)]
    public void Lock_ReleasedWhileAThreadBeginsToWait_WakesIt() =>
        Harness.Litmus.Check("Lock, release or wait", new Handover(Held, s_patience, scale: 16), Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void Lock_FairAndReleasedWhileAThreadBeginsToWait_WakesIt() =>
        Harness.Litmus.Check("fair Lock, release or wait", new Handover(HeldFair, s_patience, scale: 16), Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void Lock_ReleasedWhileAnAwaitIsCancelled_IsTakenByTheAwaitOrFree() =>
        Harness.Litmus.Check("Lock, release or cancel", new ReleaseOrCancel(static () => new Threading.Lock()), Plan.Cancel);

    [Fact(Timeout = Plan.Limit)]
    public void RLock_TakenTwiceByBoth_LetsOneInAtATime() =>
        Harness.Litmus.Check("RLock, exclusion", new Exclusion(static () => new RLock(), depth: 2), Plan.RLockExclusion);

    private static Threading.Lock Held()
    {
        Threading.Lock held = new();
        held.Acquire();
        return held;
    }

    private static Threading.Lock HeldFair()
    {
        Threading.Lock held = new(LockFairness.Fair);
        held.Acquire();
        return held;
    }
}
