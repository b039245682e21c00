using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Telar.Sched;
using Telar.Tests.Sched.Cron;
using Xunit;

namespace Telar.Tests.Sched;

// The days on which clocks are set, from real zones. Times after "->" are local, with their offset.
public class CronTriggerTests
{
    private static readonly string[] s_zones =
    [
        "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca", "America/Sao_Paulo",
        "Antarctica/Troll", "UTC",
    ];

    [Theory(Timeout = 120_000)]
    // New York, 2026-03-08: 2:00 is 3:00.
    [InlineData("America/New_York", "30 2 * * *", "Auto", "Auto", "2026-03-07T12:00-05:00 -> 2026-03-08T03:00-04:00, 2026-03-09T02:30-04:00")]
    [InlineData("America/New_York", "30 2 * * *", "NextValidTime", "Auto", "2026-03-07T12:00-05:00 -> 2026-03-08T03:00-04:00, 2026-03-09T02:30-04:00")]
    [InlineData("America/New_York", "30 2 * * *", "Skip", "Auto", "2026-03-07T12:00-05:00 -> 2026-03-09T02:30-04:00, 2026-03-10T02:30-04:00")]
    [InlineData("America/New_York", "*/20 2 * * *", "Auto", "Auto", "2026-03-07T12:00-05:00 -> 2026-03-08T03:00-04:00, 2026-03-09T02:00-04:00")]
    [InlineData("America/New_York", "0 2,3 * * *", "Auto", "Auto", "2026-03-07T12:00-05:00 -> 2026-03-08T03:00-04:00, 2026-03-09T02:00-04:00")]
    [InlineData("America/New_York", "15 * * * *", "Auto", "Auto", "2026-03-08T01:00-05:00 -> 2026-03-08T01:15-05:00, 2026-03-08T03:15-04:00")]
    [InlineData("America/New_York", "15 * * * *", "NextValidTime", "Auto", "2026-03-08T01:15-05:00 -> 2026-03-08T03:00-04:00, 2026-03-08T03:15-04:00")]
    // ... 2026-11-01: after 1:59 it is 1:00 again.
    [InlineData("America/New_York", "30 1 * * *", "Auto", "Auto", "2026-10-31T12:00-04:00 -> 2026-11-01T01:30-04:00, 2026-11-02T01:30-05:00")]
    [InlineData("America/New_York", "30 1 * * *", "Auto", "Once", "2026-10-31T12:00-04:00 -> 2026-11-01T01:30-04:00, 2026-11-02T01:30-05:00")]
    [InlineData("America/New_York", "30 1 * * *", "Auto", "Twice", "2026-10-31T12:00-04:00 -> 2026-11-01T01:30-04:00, 2026-11-01T01:30-05:00, 2026-11-02T01:30-05:00")]
    [InlineData("America/New_York", "30 * * * *", "Auto", "Auto", "2026-11-01T01:00-04:00 -> 2026-11-01T01:30-04:00, 2026-11-01T01:30-05:00, 2026-11-01T02:30-05:00")]
    [InlineData("America/New_York", "30 * * * *", "Auto", "Once", "2026-11-01T01:00-04:00 -> 2026-11-01T01:30-04:00, 2026-11-01T02:30-05:00")]
    // ... asked in the middle of the hour that comes again.
    [InlineData("America/New_York", "30 1 * * *", "Auto", "Once", "2026-11-01T01:10-05:00 -> 2026-11-02T01:30-05:00, 2026-11-03T01:30-05:00")]
    [InlineData("America/New_York", "30 1 * * *", "Auto", "Twice", "2026-11-01T01:10-05:00 -> 2026-11-01T01:30-05:00, 2026-11-02T01:30-05:00")]
    [InlineData("America/New_York", "0 0 2 * * *", "Auto", "Once", "2026-11-01T01:59-05:00 -> 2026-11-01T02:00-05:00, 2026-11-02T02:00-05:00")]
    // Madrid, 2026-03-29: 2:00 is 3:00; 2026-10-25: after 2:59 it is 2:00 again.
    [InlineData("Europe/Madrid", "0 2 * * *", "Auto", "Auto", "2026-03-28T12:00+01:00 -> 2026-03-29T03:00+02:00, 2026-03-30T02:00+02:00")]
    [InlineData("Europe/Madrid", "0 3 * * *", "Auto", "Auto", "2026-03-28T12:00+01:00 -> 2026-03-29T03:00+02:00, 2026-03-30T03:00+02:00")]
    [InlineData("Europe/Madrid", "59 59 2 * * *", "Auto", "Auto", "2026-10-24T12:00+02:00 -> 2026-10-25T02:59:59+02:00, 2026-10-26T02:59:59+01:00")]
    [InlineData("Europe/Madrid", "0 2 * * *", "Auto", "Twice", "2026-10-24T12:00+02:00 -> 2026-10-25T02:00+02:00, 2026-10-25T02:00+01:00, 2026-10-26T02:00+01:00")]
    [InlineData("Europe/Madrid", "0 0 1 * *", "Auto", "Auto", "2026-03-02T00:00+01:00 -> 2026-04-01T00:00+02:00, 2026-05-01T00:00+02:00")]
    // Lord Howe moves by half an hour: 2026-10-04, 2:00 is 2:30; 2026-04-05, after 1:59 it is 1:30 again.
    [InlineData("Australia/Lord_Howe", "15 2 * * *", "Auto", "Auto", "2026-10-03T12:00+10:30 -> 2026-10-04T02:30+11:00, 2026-10-05T02:15+11:00")]
    [InlineData("Australia/Lord_Howe", "*/15 * * * *", "Auto", "Auto", "2026-10-04T01:45+10:30 -> 2026-10-04T02:30+11:00, 2026-10-04T02:45+11:00")]
    [InlineData("Australia/Lord_Howe", "45 1 * * *", "Auto", "Auto", "2026-04-04T12:00+11:00 -> 2026-04-05T01:45+11:00, 2026-04-06T01:45+10:30")]
    [InlineData("Australia/Lord_Howe", "45 1 * * *", "Auto", "Twice", "2026-04-04T12:00+11:00 -> 2026-04-05T01:45+11:00, 2026-04-05T01:45+10:30")]
    // Kathmandu has an odd offset, and changed it once and for good: 1986-01-01, 0:00 was 0:15.
    [InlineData("Asia/Kathmandu", "30 9 * * *", "Auto", "Auto", "2026-03-02T00:00+05:45 -> 2026-03-02T09:30+05:45, 2026-03-03T09:30+05:45")]
    [InlineData("Asia/Kathmandu", "5 0 * * *", "Auto", "Auto", "1985-12-31T12:00+05:30 -> 1986-01-01T00:15+05:45, 1986-01-02T00:05+05:45")]
    // Samoa left out a whole day: after 2011-12-29 came 2011-12-31.
    [InlineData("Pacific/Apia", "0 12 * * *", "Auto", "Auto", "2011-12-29T13:00-10:00 -> 2011-12-31T00:00+14:00, 2011-12-31T12:00+14:00")]
    [InlineData("Pacific/Apia", "0 12 * * *", "Skip", "Auto", "2011-12-29T13:00-10:00 -> 2011-12-31T12:00+14:00, 2012-01-01T12:00+14:00")]
    [InlineData("UTC", "30 2 * * *", "Auto", "Auto", "2026-03-07T12:00-05:00 -> 2026-03-08T02:30+00:00, 2026-03-09T02:30+00:00")]
    public void Next_OnDaysWhenClocksAreSet(string zone, string expression, string skipped, string repeated, string times)
    {
        Trigger trigger = Trigger.Cron(
            expression, Zone(zone), Enum.Parse<SkippedTimePolicy>(skipped), Enum.Parse<RepeatedTimePolicy>(repeated));
        string[] sides = times.Split(" -> ");
        DateTimeOffset[] expected = [.. sides[1].Split(", ").Select(At)];

        IReadOnlyList<DateTimeOffset> runs = trigger.NextRuns(expected.Length, At(sides[0]));

        Assert.Equal(expected, runs);
        Assert.Equal(expected.Select(time => time.Offset), runs.Select(time => time.Offset));
    }

    [Fact(Timeout = 120_000)]
    public void ToString_NamesExpressionAndZone() =>
        Assert.Equal("cron '0 3 * * *' in UTC", Trigger.Cron(" 0 3 * * * ", TimeZoneInfo.Utc).ToString());

    [Fact(Timeout = 120_000)]
    public void Next_AtTheEndsOfTheCalendar_DoesNotFail()
    {
        foreach (string zone in s_zones)
        {
            Trigger trigger = Trigger.Cron("0 * * * *", Zone(zone));
            Assert.Null(trigger.Next(DateTimeOffset.MaxValue, null));
            Assert.NotNull(trigger.Next(DateTimeOffset.MinValue, null));
        }
    }

    // The reference walks minute by minute through real time, looks at the clock on the wall, and keeps a list of what it has shown.
    [Fact(Timeout = 180_000)]
    public void Next_IsWhatAWalkThroughEveryMinuteFinds()
    {
        Gen<(string Zone, string Expression, DateTime Day, SkippedTimePolicy Skipped, RepeatedTimePolicy Repeated)> cases =
            from zone in Gen.Elements(s_zones)
            from minutes in Gen.Elements("*/15", "0", "30", "59", "7,45", "10-50/20", "*")
            from hours in Gen.Elements("*", "*/2", "0", "1", "2", "3", "1-3", "2,3", "22-2", "0-23")
            from days in Gen.Elements("*", "*", "L", "1-7", "8,29")
            from weekdays in Gen.Elements("*", "*", "SUN", "7#1", "SAT-MON")
            from day in Gen.Elements(Turns(zone))
            from hour in Gen.Choose(-30, 30)
            from skipped in Gen.Elements(Enum.GetValues<SkippedTimePolicy>())
            from repeated in Gen.Elements(Enum.GetValues<RepeatedTimePolicy>())
            select (zone, $"{minutes} {hours} {days} * {weekdays}", day.AddHours(hour), skipped, repeated);

        Prop.ForAll(Arb.From(cases), c =>
        {
            TimeZoneInfo zone = Zone(c.Zone);
            DateTimeOffset start = new(c.Day, TimeSpan.Zero);
            DateTimeOffset end = start.AddDays(3);
            DateTimeOffset[] expected = [.. Walk(zone, c.Expression, c.Skipped, c.Repeated, start.AddDays(-2), end).Where(time => time > start)];

            IReadOnlyList<DateTimeOffset> found =
                Trigger.Cron(c.Expression, zone, c.Skipped, c.Repeated).NextRuns(expected.Length + 1, start);

            return found.Take(expected.Length).SequenceEqual(expected) && (found.Count == expected.Length || found[^1] >= end);
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(500));
    }

    private static IEnumerable<DateTimeOffset> Walk(
        TimeZoneInfo zone, string expression, SkippedTimePolicy skipped, RepeatedTimePolicy repeated, DateTimeOffset start, DateTimeOffset end)
    {
        bool isInterval = expression.Split(' ')[1][0] == '*';
        bool runsSkipped = skipped == SkippedTimePolicy.NextValidTime || (skipped == SkippedTimePolicy.Auto && !isInterval);
        bool runsTwice = repeated == RepeatedTimePolicy.Twice || (repeated == RepeatedTimePolicy.Auto && isInterval);
        HashSet<DateTime> shown = [];
        DateTime before = Wall(start.AddMinutes(-1));
        for (DateTimeOffset now = start; now < end; now = now.AddMinutes(1))
        {
            DateTime wall = Wall(now);
            bool fits = SlowCron.FitsMinute(expression, wall) && (shown.Add(wall) || runsTwice);
            for (DateTime missing = before.AddMinutes(1); missing < wall; missing = missing.AddMinutes(1))
            {
                fits |= runsSkipped && SlowCron.FitsMinute(expression, missing);
            }

            before = wall;
            if (fits)
            {
                yield return now;
            }
        }

        DateTime Wall(DateTimeOffset utc) => utc.UtcDateTime + zone.GetUtcOffset(utc);
    }

    // Days near which the offset of the zone changes, and one ordinary day.
    private static DateTime[] Turns(string zone)
    {
        TimeZoneInfo info = Zone(zone);
        IEnumerable<DateTime> days = Enumerable.Range(0, 365 * 40).Select(day => new DateTime(1985, 6, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(day));
        return
        [
            new DateTime(2026, 7, 15, 0, 0, 0, DateTimeKind.Utc),
            .. days.Where(day => info.GetUtcOffset(day) != info.GetUtcOffset(day.AddDays(1))),
        ];
    }

    private static TimeZoneInfo Zone(string id)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(id, out TimeZoneInfo? zone))
        {
            Assert.Skip($"This machine has no time zone '{id}'. Install tzdata: summer time is not tested without it.");
        }

        return zone;
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
