using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public class OptionsTests
{
    [Fact(Timeout = 120_000)]
    public void CallOptions_RefuseWhatMakesNoSense()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Timeout", () => new CallOptions { Timeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>("Timeout", () => new CallOptions { Timeout = TimeSpan.FromSeconds(-2) });
        Assert.Throws<ArgumentOutOfRangeException>("Grace", () => new CallOptions { Grace = TimeSpan.FromSeconds(-2) });
        Assert.Throws<ArgumentOutOfRangeException>("Retries", () => new CallOptions { Retries = -1 });

        CallOptions good = new() { Timeout = Timeout.InfiniteTimeSpan, Grace = TimeSpan.Zero, Retries = 3, Name = "n" };
        Assert.Equal((Timeout.InfiniteTimeSpan, TimeSpan.Zero, 3, "n"), (good.Timeout, good.Grace, good.Retries, good.Name));
        Assert.Equal(((TimeSpan?)null, (TimeSpan?)null, 0, null), (new CallOptions().Timeout, new CallOptions().Grace, new CallOptions().Retries, new CallOptions().Name));
    }

    [Fact(Timeout = 120_000)]
    public void PoolOptions_RefuseWhatMakesNoSense()
    {
        Assert.Throws<ArgumentOutOfRangeException>("MaxWorkers", () => new ThreadPoolOptions { MaxWorkers = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("MaxThreads", () => new ThreadPoolOptions { MaxThreads = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("MaxPending", () => new ThreadPoolOptions { MaxPending = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("IdleTimeout", () => new ThreadPoolOptions { IdleTimeout = TimeSpan.FromSeconds(-2) });
        Assert.Throws<ArgumentOutOfRangeException>("StackSize", () => new ThreadPoolOptions { StackSize = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("StackSize", () => new ThreadPoolOptions { StackSize = 65_536 });
        Assert.Throws<ArgumentOutOfRangeException>("Priority", () => new ThreadPoolOptions { Priority = (ThreadPriority)77 });
        Assert.Throws<ArgumentNullException>("TimeProvider", () => new RetryPolicy(2) { TimeProvider = null! }); // refused here
        Assert.Throws<ArgumentOutOfRangeException>("MaxPending", () => new ProcessPoolExecutor(new ProcessPoolOptions { MaxPending = 0 }));
    }

    [Fact(Timeout = 120_000)]
    public void MapOptions_RefuseWhatMakesNoSense()
    {
        Assert.Throws<ArgumentOutOfRangeException>("ChunkSize", () => new MapOptions { ChunkSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Window", () => new MapOptions { Window = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Timeout", () => new MapOptions { Timeout = TimeSpan.FromSeconds(-2) });
        using InlineExecutor executor = new();
        CountingSource source = new(10);
        MapOptions contradiction = new() { ChunkSize = 5, Window = 4 };
        Assert.Throws<ArgumentException>("ChunkSize", () => executor.Map(x => x, source, contradiction, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(
            "ChunkSize", () => executor.MapAsync(x => x, (IAsyncEnumerable<int>)source, contradiction, TestContext.Current.CancellationToken));
        Assert.Equal((0, 0), (source.Consumed, source.Disposals));
    }

    [Fact(Timeout = 120_000)]
    public void MapProgress_Calculates()
    {
        MapProgress half = new(Done: 4, Total: 10, Failed: 1, Elapsed: TimeSpan.FromSeconds(2));
        Assert.Equal((2.5, 0.5, TimeSpan.FromSeconds(2)), (half.Rate, half.Fraction, half.Remaining));
        Assert.Equal((0.0, 0.0, (TimeSpan?)null), (new MapProgress(0, 10, 0, TimeSpan.Zero).Rate, new MapProgress(0, 10, 0, TimeSpan.Zero).Fraction, new MapProgress(0, 10, 0, TimeSpan.Zero).Remaining));
        Assert.Equal(1.0, new MapProgress(0, 0, 0, TimeSpan.Zero).Fraction);
        Assert.True(new MapProgress(1, long.MaxValue, 0, TimeSpan.FromHours(1)).Remaining > TimeSpan.FromDays(1000));
    }
}
