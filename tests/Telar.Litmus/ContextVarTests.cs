using Telar.ContextVars;
using Telar.Litmus.Races;

namespace Telar.Litmus;

public sealed class ContextVarTests
{
    private static readonly ContextVar<int>[] s_variables =
        [.. Enumerable.Range(0, OwnValues.Variables).Select(static number => new ContextVar<int>($"variable {number}"))];

    [Fact(Timeout = Plan.Limit)]
    public void ContextVar_SetByTwoThreads_HasAValueForEach() =>
        Harness.Litmus.Check(
            "ContextVar, set and get",
            new OwnValues(static (variable, value) => s_variables[variable].Set(value), static variable => s_variables[variable].Get()),
            Plan.ContextVar);

    [Fact(Timeout = Plan.Limit)]
    public void Context_EnteredByTwoThreads_LetsOneInAtATime() =>
        Harness.Litmus.Check("Context, run", new EnterOnce(), Plan.EnterOnce);
}
