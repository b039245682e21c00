namespace Census.Analysis;

using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

/// <summary>Who calls whom within one assembly. Methods are rows of its table, from 1.</summary>
internal sealed class CallGraph(int methods)
{
    private readonly List<(int Caller, int Callee)> _calls = [];

    public void Add(int caller, int callee) => _calls.Add((caller, callee));

    public void Rank(MetadataReader metadata, long[] counts, TopMethods[] rankings)
    {
        (int Caller, int Callee)[] calls = [.. _calls.Distinct().Order()];
        long[] callers = new long[methods + 1];
        foreach ((int _, int callee) in calls)
        {
            callers[callee]++;
        }

        for (int row = 1; row <= methods; row++)
        {
            rankings[(int)Ranking.Callers].Add(metadata, MetadataTokens.MethodDefinitionHandle(row), callers[row]);
        }

        counts[(int)Metric.RecursiveMethods] = calls.Count(call => call.Caller == call.Callee);
        foreach (List<int> cycle in new CallCycles(methods, calls).Find())
        {
            var first = MetadataTokens.MethodDefinitionHandle(cycle.Min());
            rankings[(int)Ranking.CallCycle].Add(metadata, first, cycle.Count);
        }
    }
}
