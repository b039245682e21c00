using Telar.Sched;
using Xunit;

namespace Telar.Tests.Sched;

public class TriggerTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact(Timeout = 120_000)]
    public void At_IsOneTimeEvenInThePast()
    {
        Trigger trigger = Trigger.At(s_noon);

        Assert.Equal(s_noon, trigger.Next(s_noon.AddDays(1), null));
        Assert.Null(trigger.Next(s_noon, s_noon));
        Assert.Equal([s_noon], trigger.NextRuns(5, s_noon));
        Assert.Equal("at 2026-03-02T12:00:00.0000000+00:00", trigger.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void Every_CountsFromTheTimeBefore()
    {
        Trigger trigger = Trigger.Every(s_minute);

        Assert.Equal(s_noon + s_minute, trigger.Next(s_noon, null));
        Assert.Equal(s_noon + (2 * s_minute), trigger.Next(s_noon + s_minute, s_noon + s_minute));
        // 90 seconds late: the next one is on the grid of the ones before.
        Assert.Equal(s_noon + (2 * s_minute), trigger.Next(s_noon.AddSeconds(90), s_noon));
        Assert.Equal(s_noon + (3 * s_minute), trigger.Next(s_noon + (2 * s_minute), s_noon));
        Assert.Equal([s_noon + s_minute, s_noon + (2 * s_minute)], trigger.NextRuns(2, s_noon));
        Assert.Equal("every 00:01:00", trigger.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void Every_FromATime_IsOnTheGridOfThatTime()
    {
        Trigger trigger = Trigger.Every(TimeSpan.FromHours(24), s_noon);

        Assert.Equal(s_noon, trigger.Next(s_noon.AddDays(-3), null));
        Assert.Equal(s_noon.AddDays(1), trigger.Next(s_noon, null));
        Assert.Equal(s_noon.AddDays(3), trigger.Next(s_noon.AddDays(2.5), null));
        Assert.Equal(s_noon.AddDays(9), trigger.Next(s_noon.AddDays(8.5), s_noon.AddDays(2)));
    }

    [Fact(Timeout = 120_000)]
    public void Every_AtTheEndOfTheCalendar_IsNull()
    {
        Assert.Null(Trigger.Every(TimeSpan.MaxValue).Next(s_noon, null));
        Assert.Null(Trigger.Every(s_minute).Next(DateTimeOffset.MaxValue, null));
        Assert.Null(Trigger.Every(s_minute).Next(DateTimeOffset.MaxValue.AddSeconds(-30), s_noon));
        Assert.NotNull(Trigger.Every(TimeSpan.FromTicks(1)).Next(DateTimeOffset.MaxValue.AddTicks(-2), DateTimeOffset.MinValue));
    }

    [Fact(Timeout = 120_000)]
    public void Factories_CheckTheirArguments()
    {
        Assert.Throws<ArgumentOutOfRangeException>("interval", () => Trigger.Every(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("interval", () => Trigger.Every(-s_minute, s_noon));
        Assert.Throws<CronFormatException>(() => Trigger.Cron("* *", TimeZoneInfo.Utc));
        Assert.Throws<ArgumentNullException>("zone", () => Trigger.Cron("* * * * *", null!));
        Assert.Throws<ArgumentNullException>("expression", () => Trigger.Cron((CronExpression)null!, TimeZoneInfo.Utc));
        Assert.Throws<ArgumentOutOfRangeException>("skipped", () => Trigger.Cron("* * * * *", TimeZoneInfo.Utc, (SkippedTimePolicy)9));
        Assert.Throws<ArgumentOutOfRangeException>("repeated", () => Trigger.Cron("* * * * *", TimeZoneInfo.Utc, repeated: (RepeatedTimePolicy)9));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Trigger.Every(s_minute).NextRuns(-1, s_noon));
        Assert.Empty(Trigger.Every(s_minute).NextRuns(0, s_noon));
    }

    [Fact(Timeout = 120_000)]
    public void NextRuns_OfATriggerThatStandsStill_SaysWhoseFaultItIs()
    {
        InvalidOperationException thrown =
            Assert.Throws<InvalidOperationException>(() => new StandingStill().NextRuns(3, s_noon));

        Assert.EndsWith("Trigger.Next must return a later time, or null.", thrown.Message, StringComparison.Ordinal);
    }

    private sealed class StandingStill : Trigger
    {
        public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset? previous) => after;
    }
}
