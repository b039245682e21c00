namespace Telar.Benchmarks;

/// <summary>Figures of single operations: Telar beside .NET's own classes, CPython and C, measured in turn within one run.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => Run.Async(
        "Telar's operations beside .NET's, CPython's and C's: each figure is taken in turn on all sides, the ratio counts.",
        "micro.py",
        [
            .. LockFigures.All,
            .. QueueFigures.All,
            .. PingPongFigures.All,
            .. ThreadFigures.All,
            .. SchedulerFigures.All,
            .. ContextFigures.All,
            .. SharedMemoryFigures.All,
            .. AllocationFigures.All,
        ],
        cSource: "pingpong.c",
        args);
}
