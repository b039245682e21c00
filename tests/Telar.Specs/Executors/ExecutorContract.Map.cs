using Telar.Concurrent.Futures;

namespace Telar.Specs.Executors;

/// <summary>Map in all its forms.</summary>
public abstract partial class ExecutorContract
{
    [Fact(Timeout = Limit)]
    public async Task I_map_in_every_form()
    {
        await using Executor executor = Make(2);
        int[] source = [.. Enumerable.Range(0, 300)];
        int[] doubled = [.. source.Select(static number => number * 2)];

        Assert.Equal(doubled, executor.Map(static number => number * 2, source));
        Assert.Equal(doubled, executor.Map(static number => number * 2, source, new MapOptions { ChunkSize = 7 }));
        Assert.Equal(doubled, executor.Map(static number => number * 2, source, new MapOptions { Window = 1 }));
        Assert.Equal(doubled, executor.Map(DoubleAsync, source));
        Assert.Equal(doubled, executor.Map(static (left, right) => left + right, source, Enumerable.Range(0, 500)));
        Assert.Equal(doubled, executor.Map(static (left, right) => left + right, Enumerable.Range(0, 500), source));
        Assert.Equal(doubled, executor.Map(static number => number * 2, source, new MapOptions { Ordered = false }).Order());
        Assert.Equal(doubled, await ToListAsync(executor.MapAsync(static number => number * 2, source)));
        Assert.Equal(doubled, await ToListAsync(executor.MapAsync(DoubleAsync, source)));
        Assert.Equal(doubled, await ToListAsync(executor.MapAsync(static (left, right) => left + right, source, source)));
        Assert.Equal(doubled, await ToListAsync(executor.MapAsync(static number => number * 2, Lazily(source))));
        Assert.Equal(doubled, await ToListAsync(executor.MapAsync(DoubleAsync, Lazily(source))));
        Assert.Empty(executor.Map(static number => number, Array.Empty<int>()));

        static async Task<int> DoubleAsync(int number)
        {
            await Task.Yield();
            return number * 2;
        }
    }

    [Fact(Timeout = Limit)]
    public async Task I_get_what_came_before_the_item_that_failed()
    {
        await using Executor executor = Make(2);
        List<int> got = [];

        FormatException thrown = Assert.Throws<FormatException>(() =>
        {
            foreach (int number in executor.Map(static number => number == 5 ? throw new FormatException("five") : number, Enumerable.Range(0, 20)))
            {
                got.Add(number);
            }
        });

        Assert.Equal("five", thrown.Message);
        Assert.Equal(Enumerable.Range(0, 5), got);
        Assert.Equal(1, await executor.Submit(static () => 1));
    }

    [Fact(Timeout = Limit)]
    public async Task I_leave_a_map_early_and_the_rest_is_cancelled()
    {
        await using Executor executor = Make(1);
        using CallLog log = new();
        string path = log.Path;

        Assert.Equal([0, 1], executor.Map(
            number =>
            {
                CallLog.Note(path, "ran");
                return number;
            },
            Enumerable.Range(0, 100_000),
            new MapOptions { ChunkSize = 1, Window = 2 }).Take(2));

        await executor.ShutdownAsync();
        Assert.InRange(log.Lines.Count, 2, 5);
    }

    [Fact(Timeout = Limit)]
    public async Task I_map_with_a_time_limit_counted_from_the_call()
    {
        SkipUnlessItRunsBeside();
        await using Executor executor = Make(1);
        Future<int> blocker = Block(executor);
        IEnumerable<int> results = executor.Map(static number => number, Enumerable.Range(0, 10), new MapOptions { Timeout = TimeSpan.FromMilliseconds(50) });

        Assert.Contains("0 of 10", Assert.Throws<TimeoutException>(() => results.ToList()).Message, StringComparison.Ordinal);

        Release(blocker);
    }

    [Fact(Timeout = Limit)]
    public async Task I_map_with_options_for_each_call()
    {
        await using Executor executor = Make(2);
        using CallLog log = new();
        string path = log.Path;
        CallOptions stubborn = new()
        {
            Retry = new RetryPolicy(10) { Delay = TimeSpan.Zero },
            RateLimit = new RateLimit(permits: 1000, TimeSpan.FromSeconds(1)),
        };

        // Every third line is a failure, whichever item it falls on.
        IEnumerable<int> results = executor.Map(
            number => CallLog.Note(path, "try") % 3 == 0 ? throw new FormatException("again") : number,
            Enumerable.Range(0, 20),
            new MapOptions { Call = stubborn });

        Assert.Equal(Enumerable.Range(0, 20), results);
        Assert.InRange(log.Lines.Count, 21, 100);
    }

    private static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        List<T> list = [];
        await foreach (T item in source)
        {
            list.Add(item);
        }

        return list;
    }

    private static async IAsyncEnumerable<T> Lazily<T>(IEnumerable<T> source)
    {
        await Task.Yield();
        foreach (T item in source)
        {
            yield return item;
        }
    }
}
