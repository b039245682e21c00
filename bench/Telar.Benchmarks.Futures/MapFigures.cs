namespace Telar.Benchmarks;

using Telar.Concurrent.Futures;

/// <summary>A small function on many items.</summary>
internal static class MapFigures
{
    private const int Items = 1_000_000;

    public static IReadOnlyList<Figure> All { get; } =
    [
        new("Map, one of 1 000 000 small items", "ns", 7,
            new("Telar ThreadPoolExecutor", static _ => Executor(MapInOrder)),
            new("Telar, as they come", static _ => Executor(MapAsTheyCome), Target.None),
            new("Parallel.ForEachAsync", static _ => LoopSide.Tasks(Items, ForEachAsync), Target.FasterAtLeast(1)),
            Contender.Python("map", Items / 20, Target.None)),
    ];

    private static Task<ISide> Executor(Action<ThreadPoolExecutor, int> run)
    {
        ThreadPoolExecutor executor = new(Environment.ProcessorCount);
        return LoopSide.Loop(Items, count => run(executor, count), executor);
    }

    private static void MapInOrder(ThreadPoolExecutor executor, int count) =>
        Expect(count, executor.Map(static item => item + 1, Enumerable.Range(0, count)).Last());

    private static void MapAsTheyCome(ThreadPoolExecutor executor, int count) =>
        Expect(count, executor.Map(static item => item + 1, Enumerable.Range(0, count), new MapOptions { Ordered = false }).Max());

    private static async Task ForEachAsync(int count)
    {
        int[] results = new int[count];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), (item, _) =>
        {
            results[item] = item + 1;
            return ValueTask.CompletedTask;
        });
        Expect(count, results[^1]);
    }

    private static void Expect(int count, int last)
    {
        if (last != count)
        {
            throw new InvalidOperationException($"{last} is the last of {count}.");
        }
    }
}
