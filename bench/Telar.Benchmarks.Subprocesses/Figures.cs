namespace Telar.Benchmarks;

/// <summary>The figures, in the order in which they are taken.</summary>
internal static class Figures
{
    private const int Runs = 100;
    private const int Captured = 256;
    private const int Piped = 1024;
    private const int Fed = 64;
    private const int AtOnce = 200;
    private const double MostAllocated = 6 * 1024;

    public static IReadOnlyList<Figure> All { get; } =
    [
        .. Spawn,
        .. Loaded,
        .. Data,
        new("allocated by a run that captures 16 bytes", "B", 3,
            Net("Telar", "telar", "allocated", Runs),
            Net("Telar, Env given", "telar-env", "allocated", Runs, Target.None),
            Net("Telar, async", "telar-async", "allocated", Runs, Target.None),
            Net("Process", "process", "allocated", Runs, Target.None),
            Net("CliWrap", "cliwrap", "allocated", Runs, Target.None),
            Net("MedallionShell", "medallion", "allocated", Runs, Target.None)) { AtMost = MostAllocated },
        new("threads brought in by blocking runs", "threads", 1,
            Net("Telar", "telar", "threads", Runs),
            Net("Process", "process", "threads", Runs, Target.None)) { AtMost = 0 },
        new("threads while 200 children run at once", "threads", 1,
            Net("Telar, async", "telar-async", "threads_at_once", AtOnce),
            Net("Process, async", "process-async", "threads_at_once", AtOnce, Target.None),
            Net("CliWrap", "cliwrap", "threads_at_once", AtOnce, Target.None),
            Net("MedallionShell", "medallion", "threads_at_once", AtOnce, Target.None)) { AtMost = 1 },
    ];

    private static Figure[] Spawn =>
    [
        new("spawn and wait: a tiny static program", "ns", 15,
            Net("Telar", "telar", "tiny", Runs),
            Net("Telar, Env given", "telar-env", "tiny", Runs, Target.None),
            Net("Process", "process", "tiny", Runs, Target.TimeAtMost(0.9)),
            Python("CPython", "tiny", Runs, Target.TimeAtMost(1.05)),
            Shell("sh", $"i=0; while [ $i -lt {Runs} ]; do '{Path.Combine(AppContext.BaseDirectory, "tiny")}'; i=$((i+1)); done", Runs),
            Contender.C("C, posix_spawn", "tiny", Runs, Target.None)),
        new("spawn and wait: `true`, a dynamic program", "ns", 9,
            Net("Telar", "telar", "true", Runs),
            Net("Process", "process", "true", Runs, Target.None),
            Python("CPython", "true", Runs, Target.None),
            Contender.C("C, posix_spawn", "true", Runs, Target.None)),
        new("spawn and await: a tiny static program", "ns", 15,
            Net("Telar, async", "telar-async", "tiny", Runs),
            Net("Process, async", "process-async", "tiny", Runs, Target.TimeAtMost(0.8)),
            Net("CliWrap", "cliwrap", "tiny", Runs, Target.TimeAtMost(0.75)),
            Net("MedallionShell", "medallion", "tiny", Runs, Target.None),
            Python("CPython, asyncio", "tiny_async", Runs, Target.None)),
    ];

    private static Figure[] Loaded =>
    [
        new("spawn and wait: tiny, from a parent with 4 GiB in use", "ns", 9,
            Net("Telar", "telar", "tiny", Runs, gibibytes: 4),
            Net("Telar, small parent", "telar", "tiny", Runs, Target.TimeAtMost(1.2)),
            Net("Process", "process", "tiny", Runs, Target.TimeAtMost(0.9), gibibytes: 4)),
        new("spawn and wait: tiny, from a parent with 200 threads", "ns", 9,
            Net("Telar", "telar", "tiny", Runs, threads: 200),
            Net("Telar, small parent", "telar", "tiny", Runs, Target.TimeAtMost(1.2)),
            Net("Process", "process", "tiny", Runs, Target.TimeAtMost(0.9), threads: 200)),
    ];

    private static Figure[] Data =>
    [
        new("capture 1 KiB", "ns", 15,
            Net("Telar", "telar", "capture", Runs),
            Net("Telar, async", "telar-async", "capture", Runs, Target.None),
            Python("CPython", "capture", Runs, Target.TimeAtMost(1)),
            Net("Process", "process", "capture", Runs, Target.None),
            Net("CliWrap", "cliwrap", "capture", Runs, Target.None),
            Net("MedallionShell", "medallion", "capture", Runs, Target.None),
            Contender.C("C", "capture", Runs, Target.None)),
        new("capture 256 MiB as bytes", "ns", 7,
            Net("Telar", "telar", "bytes", Captured),
            Net("Telar, async", "telar-async", "bytes", Captured, Target.None),
            Python("CPython, stdout=PIPE", "bytes", Captured, Target.FasterAtLeast(0.95)),
            Python("CPython, capture_output", "bytes_both", Captured, Target.None),
            Net("Process", "process", "bytes", Captured, Target.None),
            Net("CliWrap", "cliwrap", "bytes", Captured, Target.FasterAtLeast(1.5)),
            Net("MedallionShell", "medallion", "bytes", Captured, Target.None),
            Contender.C("C", "bytes", Captured, Target.None)),
        new("capture 256 MiB as text", "ns", 7,
            Net("Telar", "telar", "text", Captured),
            Net("Telar, async", "telar-async", "text", Captured, Target.None),
            Python("CPython, text=True", "text", Captured, Target.None),
            Net("Process", "process", "text", Captured, Target.None),
            Net("CliWrap", "cliwrap", "text", Captured, Target.FasterAtLeast(1.4)),
            Net("MedallionShell", "medallion", "text", Captured, Target.None)),
        new("1 GiB through a pipeline of two children", "ns", 7,
            Net("Telar", "telar", "pipeline", Piped),
            Net("Telar, async", "telar-async", "pipeline", Piped, Target.None),
            Shell("sh", $"head -c {(long)Piped << 20} /dev/zero | sh -c 'exec cat >/dev/null'", 1, Target.FasterAtLeast(1)),
            Python("CPython", "pipeline", Piped, Target.FasterAtLeast(1.2)),
            Net("Process", "process", "pipeline", Piped, Target.FasterAtLeast(3)),
            Net("CliWrap", "cliwrap", "pipeline", Piped, Target.None),
            Net("MedallionShell", "medallion", "pipeline", Piped, Target.None),
            Contender.C("C", "pipeline", Piped, Target.None)),
        new("64 MiB into standard input", "ns", 9,
            Net("Telar", "telar", "stdin", Fed),
            Net("Telar, async", "telar-async", "stdin", Fed, Target.None),
            Python("CPython", "stdin", Fed, Target.FasterAtLeast(1)),
            Net("Process", "process", "stdin", Fed, Target.None),
            Net("CliWrap", "cliwrap", "stdin", Fed, Target.FasterAtLeast(1)),
            Net("MedallionShell", "medallion", "stdin", Fed, Target.None),
            Contender.C("C", "stdin", Fed, Target.None)),
    ];

    private static Contender Net(
        string name, string tool, string request, int argument, Target? target = null, int gibibytes = 0, int threads = 0) =>
        new(name, _ => Server.SideAsync(tool, request, argument, gibibytes, threads), target);

    private static Contender Python(string name, string request, int argument, Target target) =>
        Contender.Python(request, argument, target) with { Name = name, Make = rivals => AfterTiny(() => new RivalSide(rivals.Python, request, argument)) };

    private static Contender Shell(string name, string script, int operations, Target? target = null) =>
        new(name, _ => AfterTiny(() => new ShellSide(script, operations)), target ?? Target.None);

    // Other programs find the tiny one where it lies; it must lie there.
    private static Task<ISide> AfterTiny(Func<ISide> make)
    {
        _ = Programs.Tiny;
        return Task.FromResult(make());
    }
}
