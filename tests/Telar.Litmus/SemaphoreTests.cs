using Telar.Litmus.Races;

namespace Telar.Litmus;

public sealed class SemaphoreTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact(Timeout = Plan.Limit)]
    public void Semaphore_OfOneTriedByBoth_IsTakenByOne() =>
        Harness.Litmus.Check("Semaphore, try", new TryForTheLast(static () => new Threading.Semaphore(1)), Plan.SemaphoreTry);

    [Fact(Timeout = Plan.Limit)]
    public void Semaphore_OfOneTakenByBoth_LetsOneInAtATime() =>
        Harness.Litmus.Check("Semaphore, exclusion", new Exclusion(static () => new Threading.Semaphore(1)), Plan.SemaphoreExclusion);

    [Fact(Timeout = Plan.Limit)]
    public void Semaphore_ReleasedWhileItIsTried_BringsWhatWasWritten() =>
        Harness.Litmus.Check("Semaphore, release or try", new ReleaseOrTry(static () => new Threading.Semaphore(0)), Plan.SemaphoreReleaseOrTry);

    [Fact(Timeout = Plan.Limit)]
    public void Semaphore_ReleasedWhileAThreadBeginsToWait_WakesIt() =>
        Harness.Litmus.Check("Semaphore, release or wait", new Handover(static () => new Threading.Semaphore(0), s_patience, scale: 16), Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void Semaphore_ReleasedWhileAnAwaitIsCancelled_IsTakenByTheAwaitOrFree() =>
        Harness.Litmus.Check("Semaphore, release or cancel", new ReleaseOrCancel(static () => new Threading.Semaphore(1)), Plan.Cancel);
}
