using Xunit;

namespace Telar.Tests.Concurrent.Futures.Waiting;

using Telar.Concurrent.Futures.Waiting;

public class DeadlineTests
{
    [Fact(Timeout = 120_000)]
    public void After_NothingInfiniteOrVeryLong_IsNever()
    {
        Assert.True(Deadline.After(null).IsNever);
        Assert.True(Deadline.After(Timeout.InfiniteTimeSpan).IsNever);
        Assert.True(Deadline.After(TimeSpan.MaxValue).IsNever);
        Assert.Equal(Timeout.InfiniteTimeSpan, Deadline.Never.Remaining);
    }

    [Fact(Timeout = 120_000)]
    public void Remaining_IsWhatTheWaitsOfTheRuntimeTake()
    {
        Assert.Equal(TimeSpan.Zero, Deadline.After(TimeSpan.Zero).Remaining);
        Assert.InRange(Deadline.After(TimeSpan.FromDays(24)).Remaining, TimeSpan.FromDays(23), TimeSpan.FromMilliseconds(int.MaxValue));
        TimeSpan shortest = Deadline.After(TimeSpan.FromSeconds(5)).Remaining;
        Assert.InRange(shortest, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        Assert.Equal(0, shortest.Ticks % TimeSpan.TicksPerMillisecond);
    }

    [Fact(Timeout = 120_000)]
    public void ForTimer_IsWhatTimersTake()
    {
        Assert.Equal(TimeSpan.FromDays(24), Deadline.ForTimer(TimeSpan.FromDays(24)));
        Assert.Equal(Timeout.InfiniteTimeSpan, Deadline.ForTimer(TimeSpan.MaxValue));
        Assert.Equal(Timeout.InfiniteTimeSpan, Deadline.ForTimer(Timeout.InfiniteTimeSpan));
    }

    [Fact(Timeout = 120_000)]
    public void After_ANegativeTime_NamesTheArgument()
    {
        TimeSpan timeout = TimeSpan.FromTicks(-1);
        Assert.Throws<ArgumentOutOfRangeException>(nameof(timeout), () => Deadline.After(timeout));
    }
}
