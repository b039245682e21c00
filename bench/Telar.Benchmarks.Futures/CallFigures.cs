namespace Telar.Benchmarks;

using Telar.Concurrent.Futures;

/// <summary>Calls that do nothing, and calls that only wait.</summary>
internal static class CallFigures
{
    private const int Calls = 100_000;
    private const int RoundTrips = 20_000;
    private const int Blocking = 40;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("one of 100 000 calls that are submitted and then waited for", "ns", 61,
            new("Telar ThreadPoolExecutor", static _ => Executor(Calls, Submit)),
            new("Task.Run", static _ => LoopSide.Loop(Calls, RunTasks), Target.FasterAtLeast(0.8)),
            Contender.Python("submit", Calls / 4, Target.FasterAtLeast(30))),
        new("round trip of a call", "ns", 31,
            new("Telar ThreadPoolExecutor", static _ => Executor(RoundTrips, RoundTrip)),
            new("Task.Run", static _ => LoopSide.Loop(RoundTrips, TaskRoundTrip), Target.FasterAtLeast(0.8)),
            Contender.Python("round_trip", RoundTrips / 4, Target.FasterAtLeast(30))),
        new("round trip of a call, awaited", "ns", 15,
            new("Telar ThreadPoolExecutor", static _ => ExecutorTasks(RoundTrips, RoundTripAsync)),
            new("Task.Run", static _ => LoopSide.Tasks(RoundTrips, TaskRoundTripAsync), Target.None)),
        new("allocated by a call", "B", 5,
            new("Telar ThreadPoolExecutor", static _ => Heap()),
            new("Task.Run", static _ => Task.FromResult<ISide>(new HeapSide(Calls, RunTasks)), Target.BytesAtMost(1.5))),
        new("40 calls that block for a second each", "ns", 1,
            new("Telar ThreadPoolExecutor", static _ => Task.FromResult<ISide>(new BlockingSide(BlockInExecutorAsync))),
            new("Task.Run", static _ => Task.FromResult<ISide>(new BlockingSide(BlockInTasksAsync)), Target.None),
            new("CPython", static rivals => Task.FromResult<ISide>(new RivalSide(rivals.Python, "blocking", Blocking)), Target.None)),
    ];

    private static Task<ISide> Executor(int count, Action<ThreadPoolExecutor, int> run)
    {
        ThreadPoolExecutor executor = new(Environment.ProcessorCount);
        return LoopSide.Loop(count, calls => run(executor, calls), executor);
    }

    private static Task<ISide> ExecutorTasks(int count, Func<ThreadPoolExecutor, int, Task> run)
    {
        ThreadPoolExecutor executor = new(Environment.ProcessorCount);
        return LoopSide.Tasks(count, calls => run(executor, calls), executor);
    }

    private static Task<ISide> Heap()
    {
        ThreadPoolExecutor executor = new(Environment.ProcessorCount);
        return Task.FromResult<ISide>(new HeapSide(Calls, calls => Submit(executor, calls), executor));
    }

    private static void Submit(ThreadPoolExecutor executor, int count)
    {
        Future<int>[] futures = new Future<int>[count];
        for (int i = 0; i < count; i++)
        {
            futures[i] = executor.Submit(static () => 1);
        }

        foreach (Future<int> future in futures)
        {
            future.Result();
        }
    }

    private static void RunTasks(int count)
    {
        Task<int>[] tasks = new Task<int>[count];
        for (int i = 0; i < count; i++)
        {
            tasks[i] = Task.Run(static () => 1);
        }

        foreach (Task<int> task in tasks)
        {
            task.GetAwaiter().GetResult();
        }
    }

    private static void RoundTrip(ThreadPoolExecutor executor, int count)
    {
        for (int i = 0; i < count; i++)
        {
            executor.Submit(static () => 1).Result();
        }
    }

    private static void TaskRoundTrip(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Task.Run(static () => 1).GetAwaiter().GetResult();
        }
    }

    private static async Task RoundTripAsync(ThreadPoolExecutor executor, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await executor.Submit(static () => 1);
        }
    }

    private static async Task TaskRoundTripAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Run(static () => 1);
        }
    }

    private static async Task BlockInExecutorAsync()
    {
        await using ThreadPoolExecutor executor = new();
        await Task.WhenAll(Enumerable.Range(0, Blocking).Select(_ => executor.SubmitAsync(static () => Thread.Sleep(1_000))));
    }

    private static Task BlockInTasksAsync() =>
        Task.WhenAll(Enumerable.Range(0, Blocking).Select(static _ => Task.Run(static () => Thread.Sleep(1_000))));
}
