using Telar.Litmus.Races;

namespace Telar.Litmus;

public sealed class ConditionTests
{
    [Fact(Timeout = Plan.Limit)]
    public void Condition_NotifiedWhileAWaitEnds_WakesOneThatStillWaits() =>
        Harness.Litmus.Check("Condition, notify or time over", new NotifyOrTimeOut(), Plan.Condition);

    [Fact(Timeout = Plan.Limit)]
    public void Barrier_CrossedAgainAndAgain_LetsNobodyThroughAlone() =>
        Harness.Litmus.Check("Barrier, crossing", new Crossing(), Plan.Barrier);
}
