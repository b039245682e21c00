namespace Telar.Benchmarks;

/// <summary>Events that are all due: their order and their calls are measured, not the waiting.</summary>
internal static class SchedulerFigures
{
    private const int Events = 100_000;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("one of 100 000 events through Scheduler", "ns", 5,
            new("Telar Scheduler", static _ => LoopSide.Loop(Events, RunScheduler)),
            new("Telar Scheduler<double>", static _ => LoopSide.Loop(Events, RunSchedulerOfNumbers), Target.None),
            new("PriorityQueue", static _ => LoopSide.Loop(Events, RunPriorityQueue), Target.None),
            Contender.Python("scheduler", Events, Target.FasterAtLeast(10)),
            Contender.Python("scheduler_no_delay", Events, Target.FasterAtLeast(10)) with { Name = "CPython, delayfunc that does nothing" }),
    ];

    private static void RunScheduler(int count)
    {
        Sched.Scheduler events = new();
        DateTimeOffset now = events.Now;
        int seed = 1;
        for (int i = 0; i < count; i++)
        {
            seed = Next(seed);
            events.EnterAbs(now.AddTicks(seed - int.MaxValue), seed & 7, static () => { });
        }

        events.Run();
    }

    private static void RunSchedulerOfNumbers(int count)
    {
        Sched.Scheduler<double> events = new(static () => 0.0, static _ => { });
        int seed = 1;
        for (int i = 0; i < count; i++)
        {
            seed = Next(seed);
            events.EnterAbs((seed / (double)int.MaxValue) - 1, seed & 7, static () => { });
        }

        events.Run();
    }

    // What the order alone costs; it knows neither priorities nor cancelling.
    private static void RunPriorityQueue(int count)
    {
        PriorityQueue<Action, double> events = new();
        int seed = 1;
        for (int i = 0; i < count; i++)
        {
            seed = Next(seed);
            events.Enqueue(static () => { }, (seed / (double)int.MaxValue) - 1);
        }

        while (events.TryDequeue(out Action? action, out double _))
        {
            action();
        }
    }

    private static int Next(int seed) => (int)(((seed * 1103515245L) + 12345) & int.MaxValue);
}
