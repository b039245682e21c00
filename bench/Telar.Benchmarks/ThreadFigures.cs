namespace Telar.Benchmarks;

/// <summary>Threads that do nothing.</summary>
internal static class ThreadFigures
{
    private const int Starts = 500;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("thread start and join", "ns", 15,
            new("Telar Thread", static _ => LoopSide.Loop(Starts, StartFresh)),
            new("new System.Threading.Thread", static _ => LoopSide.Loop(Starts, StartSystem), Target.None),
            Contender.Python("thread", Starts, Target.TimeAtMost(1))),
    ];

    private static void StartFresh(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Threading.Thread thread = new(static () => { });
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
}
