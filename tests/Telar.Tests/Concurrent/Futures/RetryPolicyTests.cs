using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public class RetryPolicyTests
{
    private static readonly RetryPolicy s_plain = new(5) { Delay = TimeSpan.FromSeconds(1), Backoff = 3, MaxDelay = TimeSpan.FromSeconds(20), Jitter = 0 };

    [Fact(Timeout = 120_000)]
    public void PauseAfter_GrowsUpToTheLongest() =>
        Assert.Equal([1, 3, 9, 20, 20], Enumerable.Range(1, 5).Select(failures => s_plain.PauseAfter(failures, chance: 0.7).TotalSeconds));

    [Fact(Timeout = 120_000)]
    public void PauseAfter_ManyFailures_StaysInRange() =>
        Assert.Equal(s_plain.MaxDelay, s_plain.PauseAfter(int.MaxValue, chance: 0));

    [Theory(Timeout = 120_000)]
    [InlineData(0.5, 0, 9)]
    [InlineData(0.5, 1, 4.5)]
    [InlineData(1, 1, 0)]
    [InlineData(0.2, 0.5, 8.1)]
    public void PauseAfter_LeavesOutARandomPart(double jitter, double chance, double seconds) =>
        Assert.Equal(seconds, (s_plain with { Jitter = jitter }).PauseAfter(3, chance).TotalSeconds, precision: 6);

    [Fact(Timeout = 120_000)]
    public void Covers_AsksWhenButNeverAboutABrokenExecutor()
    {
        Assert.True(new RetryPolicy(2).Covers(new FormatException()));
        Assert.True(RetryPolicy.On<IOException>(2).Covers(new FileNotFoundException()));
        Assert.False(RetryPolicy.On<IOException>(2).Covers(new FormatException()));
        Assert.False((new RetryPolicy(2) { When = _ => true }).Covers(new BrokenThreadPoolException("pool", "broken")));
    }

    [Fact(Timeout = 120_000)]
    public void Policies_RefuseWhatMakesNoSense()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Attempts", () => new RetryPolicy(0));
        Assert.Throws<ArgumentOutOfRangeException>("Delay", () => s_plain with { Delay = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>("Backoff", () => s_plain with { Backoff = 0.9 });
        Assert.Throws<ArgumentOutOfRangeException>("Backoff", () => s_plain with { Backoff = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>("MaxDelay", () => s_plain with { MaxDelay = TimeSpan.FromDays(25) });
        Assert.Throws<ArgumentOutOfRangeException>("Jitter", () => s_plain with { Jitter = 1.1 });
    }
}
