namespace Telar.Benchmarks;

/// <summary>Threads that do nothing.</summary>
internal static class ThreadFigures
{
    private const int Starts = 500;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("thread start and join", "ns", 15,
            new("Telar Thread", static _ => LoopSide.Loop(Starts, static count => Start(count, reuse: false))),
            new("new System.Threading.Thread", static _ => LoopSide.Loop(Starts, StartSystem), Target.None),
            Contender.Python("thread", Starts, Target.None)),
        new("thread start and join, pooled", "ns", 15,
            new("Telar Thread, reuse", static _ => LoopSide.Loop(Starts, static count => Start(count, reuse: true))),
            new("new System.Threading.Thread", static _ => LoopSide.Loop(Starts, StartSystem), Target.TimeAtMost(0.5)),
            new("Task.Run and Wait", static _ => LoopSide.Loop(Starts, StartTask), Target.None),
            Contender.Python("thread", Starts, Target.TimeAtMost(1))),
    ];

    private static void Start(int count, bool reuse)
    {
        for (int i = 0; i < count; i++)
        {
            Threading.Thread thread = new(static () => { }, reuse: reuse);
            thread.Start();
            thread.Join();
        }
    }

    private static void StartSystem(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Thread thread = new(static () => { });
            thread.Start();
            thread.Join();
        }
    }

    // What it costs where nobody needs a thread of his own.
    private static void StartTask(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Task.Run(static () => { }).Wait();
        }
    }
}
