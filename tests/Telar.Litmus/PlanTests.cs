using System.Reflection;

namespace Telar.Litmus;

public sealed class PlanTests
{
    [Fact(Timeout = Plan.Limit)]
    public void Plan_OfTheOrdinaryRun_HasAHundredMillionSamples()
    {
        // Several races share a number of the plan, so this is less than a run takes.
        long samples = typeof(Plan).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(static field => field.Name is not (nameof(Plan.Limit) or nameof(Plan.Mutant)))
            .Sum(static field => (int)field.GetRawConstantValue()!); // All of them are constants.

        Assert.True(samples >= 100_000_000, $"The plan has {samples:N0} samples.");
    }
}
