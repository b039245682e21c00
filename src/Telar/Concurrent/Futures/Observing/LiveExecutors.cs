using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Telar.Concurrent.Futures.Observing;

// Invariants
//   I1  An executor is added when its constructor has done all else. The table holds none: they leave it when they are collected.
// Locks
//   The table's own, a leaf; figures are taken outside it.

/// <summary>The executors of this process that have not ended.</summary>
internal static class LiveExecutors
{
    private static readonly ConditionalWeakTable<Executor, object?> s_all = [];

    public static void Add(Executor executor) => s_all.Add(executor, null);

    /// <summary>All of them, at this moment.</summary>
    public static List<Executor> Snapshot() => [.. s_all.Select(static entry => entry.Key).Where(static executor => !executor.HasEnded)];

    /// <summary>One figure of each.</summary>
    public static IEnumerable<Measurement<long>> Measure(Func<ExecutorLoad, long> figure) =>
        Snapshot().Select(executor => new Measurement<long>(
            figure(executor.Load), CallTags.Executor(executor.Name), CallTags.ExecutorType(executor)));
}
