using Telar.Tests.Sched;
using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public class RateLimitTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void TakeAsync_GrantsByPriorityAndThenInOrder()
    {
        RateLimit limit = new(permits: 1, s_second, timeProvider: _clock);
        Assert.True(limit.TryTake());
        List<string> granted = [];
        foreach ((string name, int priority) in new[] { ("a", 0), ("b", 0), ("c", 5), ("d", -5) })
        {
            Record(limit.TakeAsync(priority, Token), name);
        }

        Assert.Empty(granted);
        Assert.False(limit.TryTake());
        for (int count = 1; count <= 4; count++)
        {
            _clock.Advance(s_second);
            Assert.Equal(count, granted.Count);
        }

        Assert.Equal("cabd", string.Concat(granted));

        async void Record(Task grant, string name)
        {
            await grant;
            granted.Add(name);
        }
    }

    /// <summary>Seen red: the timer refused the time.</summary>
    [Fact(Timeout = 120_000)]
    public async Task TakeAsync_WhenTheNextPermitIsYearsAway_Waits()
    {
        RateLimit limit = new(permits: 1, TimeSpan.MaxValue);
        Assert.True(limit.TryTake());
        using CancellationTokenSource leave = new();

        Task waiting = limit.TakeAsync(0, leave.Token);

        Assert.False(waiting.IsCompleted);
        await leave.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => waiting);
    }

    [Fact(Timeout = 120_000)]
    public async Task TakeAsync_OfAPlaceThatIsLeft_CostsNoPermit()
    {
        RateLimit limit = new(permits: 1, s_second, timeProvider: _clock);
        Assert.True(limit.TryTake());
        using CancellationTokenSource leave = new();
        Task left = limit.TakeAsync(0, leave.Token);
        Task next = limit.TakeAsync(0, Token);

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        _clock.Advance(s_second);
        Assert.True(next.IsCompletedSuccessfully);
    }

    // Seen red: without the GiveBack in GovernedCall.TryHandOver's catch.
    [Fact(Timeout = 120_000)]
    public void Submit_ToAPoolThatIsBroken_CostsNoPermit()
    {
        RateLimit limit = new(permits: 1, TimeSpan.FromHours(1));
        using ThreadPoolExecutor broken = new(new ThreadPoolOptions { MaxWorkers = 1, Initializer = static () => throw new FormatException("no") });
        Assert.Throws<BrokenThreadPoolException>(() => { broken.Submit(static () => 1, Token).Result(); });

        Assert.Throws<BrokenThreadPoolException>(() => { broken.Submit(static () => 2, new CallOptions { RateLimit = limit }, Token); });

        Assert.True(limit.TryTake());
    }

    [Fact(Timeout = 120_000)]
    public void TryTake_GivesTheBurstFirst()
    {
        RateLimit limit = new(permits: 10, s_second, burst: 3, _clock);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => limit.TryTake()));
        _clock.Advance(s_second / 10);
        Assert.True(limit.TryTake());
        Assert.Equal((10, s_second, 3), (limit.Permits, limit.Period, limit.Burst));
    }

    [Fact(Timeout = 120_000)]
    public void Limits_RefuseWhatMakesNoSense()
    {
        Assert.Throws<ArgumentOutOfRangeException>("permits", () => new RateLimit(0, s_second));
        Assert.Throws<ArgumentOutOfRangeException>("period", () => new RateLimit(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("burst", () => new RateLimit(1, s_second, burst: 0));
    }
}
