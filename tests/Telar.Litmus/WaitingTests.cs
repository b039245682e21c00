using Telar.Litmus.Races;

namespace Telar.Litmus;

public sealed class WaitingTests
{
    [Fact(Timeout = Plan.Limit)]
    public void Parker_UnparkedWhileItFallsAsleep_WakesUp() =>
        Harness.Litmus.Check("Parker, unpark or park", new ParkOrUnpark(), Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void Latch_EnteredByBoth_LetsOneInAtATime() =>
        Harness.Litmus.Check("Latch, exclusion", new LatchExclusion(), Plan.LatchExclusion);
}
