namespace Telar.Benchmarks;

/// <summary>Connections beside a bare pair of sockets, a named pipe of .NET and CPython's connections, measured in turn within one run.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => Run.Async(
        "Telar's connections beside bare sockets, named pipes and CPython's; each figure is taken in turn on all sides, the ratio counts.",
        "connections.py",
        Figures.All,
        cSource: null,
        args);
}
