namespace Telar.Benchmarks;

/// <summary>Executors and futures beside .NET's tasks and CPython's concurrent.futures, measured in turn within one run.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => Run.Async(
        "Telar's executors and futures beside .NET's tasks and CPython's; each figure is taken in turn on all sides, the ratio counts.",
        "futures.py",
        [.. CallFigures.All, .. WaitingFigures.All, .. MapFigures.All],
        cSource: null,
        args);
}
