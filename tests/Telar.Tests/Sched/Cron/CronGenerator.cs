using FsCheck;
using FsCheck.Fluent;

namespace Telar.Tests.Sched.Cron;

/// <summary>Cron expressions of all forms, and times near the turns of the calendar.</summary>
internal static class CronGenerator
{
    public static Gen<string> Expressions { get; } =
        from seconds in Gen.OneOf(Gen.Constant(""), Field(0, 59).Select(field => field + " "))
        from minutes in Field(0, 59)
        from hours in Field(0, 23)
        from days in Gen.OneOf(Gen.Constant("*"), Gen.Constant("?"), Field(1, 28), Days)
        from months in Gen.OneOf(Gen.Constant("*"), Field(1, 12), Gen.Elements("JAN", "feb-apr", "OCT-FEB", "1,JUN,12"))
        from weekdays in Gen.OneOf(Gen.Constant("*"), Gen.Constant("?"), Field(0, 7), Weekdays)
        select $"{seconds}{minutes} {hours} {days} {months} {weekdays}";

    public static Gen<DateTime> Times { get; } =
        from year in Gen.Choose(1999, 2101)
        from month in Gen.Choose(1, 12)
        from day in Gen.Elements(1, 2, 14, 15, 27, 28, 29, 30, 31)
        from hour in Gen.Elements(0, 1, 2, 11, 22, 23)
        from second in Gen.Choose(0, 3599)
        from tick in Gen.Elements(0, 0, 1, 9_999_999)
        select new DateTime(year, month, Math.Min(day, DateTime.DaysInMonth(year, month)), hour, 0, 0).AddSeconds(second).AddTicks(tick);

    private static Gen<string> Days { get; } = Lists(
        Gen.Elements("L", "LW", "L-1", "L-7", "1W", "15W", "28W", "31W", "1", "29", "31", "10-20/3", "25-5"));

    private static Gen<string> Weekdays { get; } = Lists(
        Gen.Elements("MON", "mon-fri", "FRI-MON", "7", "5-7", "6-2", "1#1", "SUN#5", "7#2", "5L", "sunL", "2/2"));

    private static Gen<string> Field(int min, int max) => Gen.OneOf(Gen.Constant("*"), Lists(Element(min, max)));

    private static Gen<string> Element(int min, int max) => Gen.OneOf(
        Gen.Choose(min, max).Select(value => $"{value}"),
        from first in Gen.Choose(min, max)
        from last in Gen.Choose(min, max)
        select $"{first}-{last}",
        from first in Gen.Choose(min, max)
        from last in Gen.Choose(min, max)
        from step in Gen.Choose(1, 7)
        select $"{first}-{last}/{step}",
        from first in Gen.Choose(min, max)
        from step in Gen.Choose(1, 7)
        select $"{first}/{step}",
        Gen.Choose(1, 7).Select(step => $"*/{step}"));

    private static Gen<string> Lists(Gen<string> elements) =>
        from count in Gen.Choose(1, 3)
        from list in elements.ListOf(count)
        select string.Join(',', list);
}
