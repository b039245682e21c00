namespace Telar.Benchmarks;

/// <summary>Programs run by Telar, by other libraries, by CPython, by a shell and by C, measured in turn within one run.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => args is [Server.Word, ..]
        ? Server.RunAsync(args)
        : Run.Async(
            "Running programs: Telar beside Process, CliWrap, MedallionShell, CPython, sh and C; each figure is taken in turn on all sides.",
            "subprocesses.py",
            Figures.All,
            cSource: "spawn.c",
            args);
}
