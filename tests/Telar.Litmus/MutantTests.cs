using Telar.Litmus.Mutants;
using Telar.Litmus.Races;

namespace Telar.Litmus;

/// <summary>Whether the races find faults that are known to be there.</summary>
public sealed class MutantTests
{
    [Fact(Timeout = Plan.Limit)]
    public void Exclusion_OfALockThatLooksBeforeItTakes_IsFoundBroken() =>
        Harness.Litmus.CheckFinds("mutant: looks before it takes", new Exclusion(static () => new LeakyLock(looksBeforeItTakes: true)), Plan.Mutant);

    [Fact(Timeout = Plan.Limit)]
    public void TryForTheLast_OfALockThatLooksBeforeItTakes_IsFoundBroken() =>
        Harness.Litmus.CheckFinds("mutant: looks before it takes, try", new TryForTheLast(static () => new LeakyLock(looksBeforeItTakes: true)), Plan.Mutant);

    [Fact(Timeout = Plan.Limit)]
    public void Handover_OfALockThatReleasesPlainly_LosesAWakeUp() =>
        Harness.Litmus.CheckFinds("mutant: releases plainly", new Handover(Held, TimeSpan.FromMilliseconds(200), scale: 8), Plan.Mutant);

    [Fact(Timeout = Plan.Limit)]
    public void Handover_OfTheSameLockWithAFence_LosesNone() =>
        Harness.Litmus.Check("the same with a fence", new Handover(HeldFenced, TimeSpan.FromSeconds(10), scale: 8), Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void OwnValues_OfAVariableWithATornCache_AreFoundMixed()
    {
        TornVariable[] variables = [.. Enumerable.Range(0, OwnValues.Variables).Select(static _ => new TornVariable())];
        Harness.Litmus.CheckFinds(
            "mutant: torn cache",
            new OwnValues((variable, value) => variables[variable].Set(value), variable => variables[variable].Get()),
            Plan.Mutant);
    }

    [Fact(Timeout = Plan.Limit)]
    public void PutOrWait_OfAQueueThatLooksForWaitersFirst_LosesAWakeUp() =>
        Harness.Litmus.CheckFinds(
            "mutant: looks for waiters first", new PutOrWait(static () => new HastyQueue(), TimeSpan.FromMilliseconds(200), scale: 8), Plan.Mutant);

    [Fact(Timeout = Plan.Limit)]
    public void PutOrWait_OfAQueueWhoseGettersEnlistAtTheirEndOnly_LosesAWakeUp() =>
        Harness.Litmus.CheckFinds(
            "mutant: enlists at one end",
            new PutOrWait(static () => new TwoEndedQueue(enlistsAtOneEnd: true), TimeSpan.FromMilliseconds(200), scale: 8),
            Plan.Mutant);

    [Fact(Timeout = Plan.Limit)]
    public void PutOrWait_OfTheSameQueueWithBothEnds_LosesNone() =>
        Harness.Litmus.Check(
            "the same at both ends",
            new PutOrWait(static () => new TwoEndedQueue(enlistsAtOneEnd: false), TimeSpan.FromSeconds(10), scale: 8),
            Plan.Handover);

    [Fact(Timeout = Plan.Limit)]
    public void GetTheLast_OfAQueueThatMovesItsHeadInTwoSteps_IsFoundGivingTwice() =>
        Harness.Litmus.CheckFinds("mutant: gives twice", new GetTheLast(static () => new DoubleQueue()), Plan.Mutant);

    private static LeakyLock Held()
    {
        LeakyLock held = new(releasesPlainly: true);
        held.Acquire();
        return held;
    }

    private static LeakyLock HeldFenced()
    {
        LeakyLock held = new();
        held.Acquire();
        return held;
    }
}
