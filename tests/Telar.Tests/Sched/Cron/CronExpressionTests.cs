using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Telar.Sched;
using Xunit;

namespace Telar.Tests.Sched.Cron;

public class CronExpressionTests
{
    // 2026-01-01 is a Thursday.
    [Theory(Timeout = 120_000)]
    [InlineData("* * * * *", "2026-01-01 00:00:00", "2026-01-01 00:01:00")]
    [InlineData("* * * * *", "2026-01-01 00:00:59.5", "2026-01-01 00:01:00")]
    [InlineData("* * * * * *", "2026-01-01 00:00:00.5", "2026-01-01 00:00:01")]
    [InlineData("* * * * * *", "2026-12-31 23:59:59", "2027-01-01 00:00:00")]
    [InlineData("30 4 * * *", "2026-01-01 04:29:59", "2026-01-01 04:30:00")]
    [InlineData("30 4 * * *", "2026-01-01 04:30:00", "2026-01-02 04:30:00")]
    [InlineData("15 30 4 * * *", "2026-01-01 04:30:14", "2026-01-01 04:30:15")]
    [InlineData("*/15 8-18/2 * * MON-FRI", "2026-01-02 18:45:00", "2026-01-05 08:00:00")]
    [InlineData("*/15 8-18/2 * * MON-FRI", "2026-01-02 08:45:00", "2026-01-02 10:00:00")]
    [InlineData("5/20 * * * *", "2026-01-01 00:05:00", "2026-01-01 00:25:00")]
    [InlineData("5/20 * * * *", "2026-01-01 00:45:00", "2026-01-01 01:05:00")]
    [InlineData("0 22-2 * * *", "2026-01-01 02:00:00", "2026-01-01 22:00:00")]
    [InlineData("0 22-2/2 * * *", "2026-01-01 22:00:00", "2026-01-02 00:00:00")]
    [InlineData("0 0 * * fri-mon", "2026-01-05 00:00:00", "2026-01-09 00:00:00")]
    [InlineData("0 0 * * 7", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 * * 0", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 * * 5-7", "2026-01-04 00:00:00", "2026-01-09 00:00:00")]
    [InlineData("0 0 * * 7-1", "2026-01-04 00:00:00", "2026-01-05 00:00:00")]
    [InlineData("0 0 1 Feb,aUg ?", "2026-02-01 00:00:00", "2026-08-01 00:00:00")]
    [InlineData("0 0 ? * TUE", "2026-01-01 00:00:00", "2026-01-06 00:00:00")]
    [InlineData("0 0 13 * FRI", "2026-01-02 00:00:00", "2026-01-09 00:00:00")] // one of the two is enough
    [InlineData("0 0 13 * FRI", "2026-01-09 00:00:00", "2026-01-13 00:00:00")]
    [InlineData("0 0 29 2 *", "2026-01-01 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 29 2 *", "2097-01-01 00:00:00", "2104-02-29 00:00:00")]
    [InlineData("0 0 31 * *", "2026-01-31 00:00:00", "2026-03-31 00:00:00")]
    [InlineData("0 0 L * *", "2026-02-01 00:00:00", "2026-02-28 00:00:00")]
    [InlineData("0 0 L * *", "2028-02-01 00:00:00", "2028-02-29 00:00:00")]
    [InlineData("0 0 L-2 * *", "2026-02-01 00:00:00", "2026-02-26 00:00:00")]
    [InlineData("0 0 L-30 * *", "2026-01-01 00:00:00", "2026-03-01 00:00:00")]
    [InlineData("0 0 LW * *", "2026-01-01 00:00:00", "2026-01-30 00:00:00")] // the 31st is a Saturday
    [InlineData("0 0 LW * *", "2026-05-01 00:00:00", "2026-05-29 00:00:00")] // the 31st is a Sunday
    [InlineData("0 0 15W * *", "2026-08-01 00:00:00", "2026-08-14 00:00:00")] // a Saturday
    [InlineData("0 0 15W * *", "2026-02-01 00:00:00", "2026-02-16 00:00:00")] // a Sunday
    [InlineData("0 0 15W * *", "2026-01-01 00:00:00", "2026-01-15 00:00:00")]
    [InlineData("0 0 1W * *", "2026-07-31 00:00:00", "2026-08-03 00:00:00")] // Saturday the 1st: not in July
    [InlineData("0 0 31W * *", "2026-05-01 00:00:00", "2026-05-29 00:00:00")] // Sunday the 31st: not in June
    [InlineData("0 0 30W * *", "2026-02-01 00:00:00", "2026-03-30 00:00:00")] // February has no 30th
    [InlineData("0 0 * * 5L", "2026-01-01 00:00:00", "2026-01-30 00:00:00")]
    [InlineData("0 0 * * fril", "2026-02-01 00:00:00", "2026-02-27 00:00:00")]
    [InlineData("0 0 * * 7L", "2026-01-01 00:00:00", "2026-01-25 00:00:00")]
    [InlineData("0 0 * * 5#2", "2026-01-01 00:00:00", "2026-01-09 00:00:00")]
    [InlineData("0 0 * * MON#5", "2026-01-01 00:00:00", "2026-03-30 00:00:00")]
    [InlineData("0 0 * * SUN#1,WED", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("0 0 1,L,15W * *", "2026-01-15 00:00:00", "2026-01-31 00:00:00")]
    [InlineData("@yearly", "2026-01-01 00:00:00", "2027-01-01 00:00:00")]
    [InlineData("@annually", "2026-01-01 00:00:00", "2027-01-01 00:00:00")]
    [InlineData("@monthly", "2026-01-01 00:00:00", "2026-02-01 00:00:00")]
    [InlineData("@weekly", "2026-01-01 00:00:00", "2026-01-04 00:00:00")]
    [InlineData("@daily", "2026-01-01 00:00:00", "2026-01-02 00:00:00")]
    [InlineData("@Midnight", "2026-01-01 00:00:00", "2026-01-02 00:00:00")]
    [InlineData(" @hourly ", "2026-01-01 00:00:00", "2026-01-01 01:00:00")]
    [InlineData("\t0  0\t1 1 * ", "2026-01-01 00:00:00", "2027-01-01 00:00:00")]
    public void Next_IsTheFirstTimeAfterTheGivenOne(string expression, string after, string expected)
    {
        DateTime? next = CronExpression.Parse(expression).Next(At(after));

        Assert.Equal(At(expected), next);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("* * * *", null, 1, "it has 4 fields. Five are needed (minute, hour, day of month, month, day of week), or six with the second before them.")]
    [InlineData("* * * * * * *", null, 1, "it has 7 fields.")]
    [InlineData("", null, 1, "it has 0 fields.")]
    [InlineData("@noon", null, 1, "'@noon' is no known word. There are @yearly,")]
    [InlineData("61 * * * *", "minute", 1, "'61' is out of range. It may be 0 to 59.")]
    [InlineData("* 24 * * *", "hour", 3, "'24' is out of range. It may be 0 to 23.")]
    [InlineData("* * 0 * *", "day of month", 5, "'0' is out of range. It may be 1 to 31.")]
    [InlineData("* * * 13 *", "month", 7, "'13' is out of range. It may be 1 to 12, or JAN to DEC.")]
    [InlineData("* * * * 8", "day of week", 9, "'8' is out of range. It may be 0 to 7, or SUN to SAT.")]
    [InlineData("60 * * * * *", "second", 1, "'60' is out of range. It may be 0 to 59.")]
    [InlineData("* * * FOO *", "month", 7, "'FOO' is no value.")]
    [InlineData("1,2,x * * * *", "minute", 5, "'x' is no value.")]
    [InlineData("1,,2 * * * *", "minute", 3, "a value is missing.")]
    [InlineData("1- * * * *", "minute", 3, "a value is missing.")]
    [InlineData("-1 * * * *", "minute", 1, "a value is missing.")]
    [InlineData("+1 * * * *", "minute", 1, "'+1' is no value.")]
    [InlineData("*/0 * * * *", "minute", 3, "'0' is no step. A step is a number from 1 to 60.")]
    [InlineData("*/61 * * * *", "minute", 3, "'61' is no step.")]
    [InlineData("*/ * * * *", "minute", 3, "'' is no step.")]
    [InlineData("* */x * * *", "hour", 5, "'x' is no step.")]
    [InlineData("? * * * *", "minute", 1, "'?' is no value.")]
    [InlineData("L * * * *", "minute", 1, "'L' is no value.")]
    [InlineData("* * L-31 * *", "day of month", 7, "'31' is no number of days before the last one.")]
    [InlineData("* * W * *", "day of month", 5, "a value is missing.")]
    [InlineData("* * 32W * *", "day of month", 5, "'32' is out of range.")]
    [InlineData("* * 1-5W * *", "day of month", 5, "'1-5' is no value.")]
    [InlineData("* * * * L", "day of week", 9, "L needs a day before it: 5L is the last Friday of the month.")]
    [InlineData("* * * * 5#6", "day of week", 11, "'6' is no number of a week.")]
    [InlineData("* * * * 5#", "day of week", 11, "'' is no number of a week.")]
    [InlineData("* * * * #2", "day of week", 9, "a value is missing.")]
    [InlineData("* * 30 2 *", "day of month", 5, "'30' never comes in the months of '2'.")]
    [InlineData("* * 31 4,6,SEP,11 ?", "day of month", 5, "'31' never comes in the months of '4,6,SEP,11'.")]
    [InlineData("* * L-30 2 *", "day of month", 5, "'L-30' never comes in the months of '2'.")]
    [InlineData("99999999999 * * * *", "minute", 1, "'99999999999' is no value.")]
    public void Parse_WhenTheTextIsNone_SaysWhichFieldAndWhy(string text, string? field, int position, string problem)
    {
        CronFormatException thrown = Assert.Throws<CronFormatException>(() => CronExpression.Parse(text));

        Assert.Equal((text, field, position - 1), (thrown.Expression, thrown.Field, thrown.Position));
        string where = $"'{text}' is no cron expression: {(field is null ? "" : $"field '{field}', ")}position {position}: ";
        Assert.StartsWith(where + problem, thrown.Message, StringComparison.Ordinal);
        Assert.False(CronExpression.TryParse(text, out CronExpression? none));
        Assert.Null(none);
    }

    [Fact(Timeout = 120_000)]
    public void TryParse_AnswersWithTheExpression()
    {
        Assert.True(CronExpression.TryParse(" 0 3 * * * ", out CronExpression? expression));
        Assert.Equal("0 3 * * *", expression.ToString());
        Assert.False(CronExpression.TryParse(null, out _));
        Assert.Throws<ArgumentNullException>("text", () => CronExpression.Parse(null!));
    }

    [Fact(Timeout = 120_000)]
    public void Next_AtTheEndOfTheCalendar_IsNull()
    {
        Assert.Null(CronExpression.Parse("* * * * * *").Next(DateTime.MaxValue));
        Assert.Null(CronExpression.Parse("0 0 1 1 *").Next(new DateTime(9999, 1, 1)));
        Assert.Equal(new DateTime(9999, 12, 31, 23, 59, 0), CronExpression.Parse("59 23 31 12 *").Next(new DateTime(9999, 1, 1)));
        Assert.Null(CronExpression.Parse("0 0 * * *").Next(new DateTime(9999, 12, 31)));
        Assert.Equal(new DateTime(1, 1, 1, 0, 1, 0), CronExpression.Parse("* * * * *").Next(DateTime.MinValue));
    }

    // The reference is as slow and plain as can be: it looks at every second, and at each element of each list.
    [Fact(Timeout = 180_000)]
    public void Next_IsWhatALookAtEverySecondFinds()
    {
        Prop.ForAll(Arb.From(CronGenerator.Expressions), Arb.From(CronGenerator.Times), (text, after) =>
        {
            DateTime? expected = SlowCron.Next(text, after, days: 400);
            DateTime? found;
            try
            {
                found = CronExpression.Parse(text).Next(after);
            }
            catch (CronFormatException refused) when (refused.Message.Contains("never comes", StringComparison.Ordinal))
            {
                return expected is null; // such as 31 in September
            }

            return expected is null ? found is null || found > after.AddDays(399) : found == expected;
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300));
    }

    private static DateTime At(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);
}
