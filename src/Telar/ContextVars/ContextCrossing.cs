using System.Collections.Concurrent;

namespace Telar.ContextVars;

/// <summary>The variables whose values calls take along to other processes: there a name is all that stands for a variable.</summary>
internal static class ContextCrossing
{
    private static readonly ConcurrentDictionary<(string Name, Type Type), uint> s_ids = new();

    /// <summary>The number of the variable with a name and a type; the same one every time.</summary>
    public static uint IdOf(string name, Type type) => s_ids.GetOrAdd((name, type), static _ => ContextVarIds.Next());

    /// <summary>Shows a visitor what this flow has to take along.</summary>
    /// <returns>What the visitor made of each; empty, and quickly so, in a program without such variables.</returns>
    public static TResult[] Collect<TResult>(IBindingVisitor<TResult> visitor) =>
        s_ids.IsEmpty || FlowState.Current is not { } state
            ? []
            : [.. state.Values.Bindings().Where(static binding => binding.Var.CrossesProcesses).Select(binding => binding.Accept(visitor))];
}
