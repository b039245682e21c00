namespace Telar.Benchmarks;

/// <summary>Interpreters beside processes and threads: what a start, a call and the crossing of values cost.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) =>
        Run.Async("Pools of interpreters beside pools of processes and of threads.", "rival.py", Figures.All, cSource: null, args);
}
