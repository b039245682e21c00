namespace Telar.Benchmarks;

using Telar.Concurrent.Futures;

/// <summary>Taking many futures as they end.</summary>
internal static class WaitingFigures
{
    private const int Count = 100_000;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("AsCompleted, one of 100 000 futures that end meanwhile", "ns", 41,
            new("Telar", static _ => LoopSide.Loop(Count, TakeFutures)),
            new("Task.WhenEach", static _ => LoopSide.Tasks(Count, TakeTasksAsync), Target.FasterAtLeast(1)),
            Contender.Python("as_completed", Count, Target.FasterAtLeast(10))),
        new("AsCompleted, awaited, one of 100 000 futures that end meanwhile", "ns", 41,
            new("Telar", static _ => LoopSide.Tasks(Count, TakeFuturesAsync)),
            new("Task.WhenEach", static _ => LoopSide.Tasks(Count, TakeTasksAsync), Target.FasterAtLeast(1))),
        new("AsCompleted, one of 100 000 futures that have ended", "ns", 41,
            new("Telar", static _ => LoopSide.Loop(Count, TakeEndedFutures)),
            new("Task.WhenEach", static _ => LoopSide.Tasks(Count, TakeEndedTasksAsync), Target.FasterAtLeast(1)),
            Contender.Python("as_completed_ended", Count, Target.FasterAtLeast(10))),
    ];

    private static void TakeFutures(int count)
    {
        FutureSource<int>[] sources = Sources(count);
        Thread ending = new(() => End(sources));
        IEnumerable<Future<int>> ended = Futures.AsCompleted(sources.Select(static source => source.Future));
        ending.Start();
        Expect(count, ended.Sum(static future => future.Result()));
        ending.Join();
    }

    private static async Task TakeFuturesAsync(int count)
    {
        FutureSource<int>[] sources = Sources(count);
        Thread ending = new(() => End(sources));
        IAsyncEnumerable<Future<int>> ended = Futures.AsCompletedAsync(sources.Select(static source => source.Future));
        ending.Start();
        int sum = 0;
        await foreach (Future<int> future in ended)
        {
            sum += future.Result();
        }

        Expect(count, sum);
        ending.Join();
    }

    private static async Task TakeTasksAsync(int count)
    {
        TaskCompletionSource<int>[] sources = new TaskCompletionSource<int>[count];
        for (int i = 0; i < count; i++)
        {
            sources[i] = new TaskCompletionSource<int>();
        }

        Thread ending = new(() => Array.ForEach(sources, static source => source.SetResult(1)));
        IAsyncEnumerable<Task<int>> ended = Task.WhenEach(sources.Select(static source => source.Task));
        ending.Start();
        int sum = 0;
        await foreach (Task<int> task in ended)
        {
            sum += await task;
        }

        Expect(count, sum);
        ending.Join();
    }

    private static void TakeEndedFutures(int count)
    {
        FutureSource<int>[] sources = Sources(count);
        End(sources);
        Expect(count, Futures.AsCompleted(sources.Select(static source => source.Future)).Sum(static future => future.Result()));
    }

    private static async Task TakeEndedTasksAsync(int count)
    {
        Task<int>[] tasks = new Task<int>[count];
        for (int i = 0; i < count; i++)
        {
            TaskCompletionSource<int> source = new();
            source.SetResult(1);
            tasks[i] = source.Task;
        }

        int sum = 0;
        await foreach (Task<int> task in Task.WhenEach(tasks))
        {
            sum += await task;
        }

        Expect(count, sum);
    }

    private static FutureSource<int>[] Sources(int count)
    {
        FutureSource<int>[] sources = new FutureSource<int>[count];
        for (int i = 0; i < count; i++)
        {
            sources[i] = new FutureSource<int>();
        }

        return sources;
    }

    private static void End(FutureSource<int>[] sources)
    {
        foreach (FutureSource<int> source in sources)
        {
            source.SetResult(1);
        }
    }

    private static void Expect(int count, int sum)
    {
        if (sum != count)
        {
            throw new InvalidOperationException($"{sum} of {count} were given.");
        }
    }
}
