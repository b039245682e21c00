using Telar.Litmus.Races;

namespace Telar.Litmus;

public sealed class ThreadTests
{
    // Mutant: ThreadHandle.TryQueue without its look at the state lets a join that comes just after the end wait for ever.
    [Fact(Timeout = Plan.Limit)]
    public void Thread_EndsWhileAnotherBeginsToJoin_WakesIt() =>
        Harness.Litmus.Check("Thread, end or join", new EndOrJoin(), Plan.Handover);
}
