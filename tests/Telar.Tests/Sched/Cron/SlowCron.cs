using System.Globalization;

namespace Telar.Tests.Sched.Cron;

/// <summary>What a cron expression means, written down without any cleverness: for each time the question whether it fits.</summary>
internal static class SlowCron
{
    private static readonly string[] s_months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] s_weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    public static DateTime? Next(string text, DateTime after, int days)
    {
        string[] fields = Fields(text);
        DateTime end = after.AddDays(days);
        DateTime second = new((after.Ticks / TimeSpan.TicksPerSecond + 1) * TimeSpan.TicksPerSecond);
        while (second < end)
        {
            // Days and hours without a fit are passed over at once: seconds alone would take minutes.
            if (!FitsDay(fields, second))
            {
                second = second.Date.AddDays(1);
            }
            else if (!Fits(fields[2], second.Hour, 0, 23))
            {
                second = second.Date.AddHours(second.Hour + 1);
            }
            else if (!FitsTime(fields, second))
            {
                second = second.AddSeconds(1);
            }
            else
            {
                return second;
            }
        }

        return null;
    }

    public static bool FitsMinute(string text, DateTime minute)
    {
        string[] fields = Fields(text);
        return FitsDay(fields, minute) && FitsTime(fields, minute);
    }

    private static string[] Fields(string text)
    {
        string[] fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 5 ? ["0", .. fields] : fields;
    }

    private static bool FitsTime(string[] fields, DateTime time) =>
        Fits(fields[0], time.Second, 0, 59) && Fits(fields[1], time.Minute, 0, 59) && Fits(fields[2], time.Hour, 0, 23);

    private static bool FitsDay(string[] fields, DateTime day)
    {
        bool anyDay = fields[3] is "*" or "?";
        bool anyWeekday = fields[5] is "*" or "?";
        return Fits(fields[4], day.Month, 1, 12, s_months)
            && ((anyDay && anyWeekday)
                || (!anyDay && fields[3].Split(',').Any(element => FitsMonthDay(element, day)))
                || (!anyWeekday && fields[5].Split(',').Any(element => FitsWeekday(element, day))));
    }

    private static bool FitsMonthDay(string element, DateTime day)
    {
        int last = DateTime.DaysInMonth(day.Year, day.Month);
        if (element == "L")
        {
            return day.Day == last;
        }

        if (element == "LW")
        {
            return day.Day == NearestWorkingDay(day, last);
        }

        if (element.StartsWith("L-", StringComparison.Ordinal))
        {
            return day.Day == last - Number(element[2..]);
        }

        if (element.EndsWith('W'))
        {
            int wanted = Number(element[..^1]);
            return wanted <= last && day.Day == NearestWorkingDay(day, wanted);
        }

        return Fits(element, day.Day, 1, 31);
    }

    private static int NearestWorkingDay(DateTime month, int wanted) =>
        Enumerable.Range(1, DateTime.DaysInMonth(month.Year, month.Month))
            .Where(day => new DateTime(month.Year, month.Month, day).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            .MinBy(day => Math.Abs(day - wanted));

    private static bool FitsWeekday(string element, DateTime day)
    {
        int weekday = (int)day.DayOfWeek;
        if (element.Split('#') is [var name, var nth])
        {
            return Value(name, s_weekdays, 0) % 7 == weekday && day.Day > (Number(nth) - 1) * 7 && day.Day <= Number(nth) * 7;
        }

        if (element.EndsWith('L'))
        {
            return Value(element[..^1], s_weekdays, 0) % 7 == weekday && day.AddDays(7).Month != day.Month;
        }

        return Fits(element, weekday, 0, 6, s_weekdays);
    }

    private static bool Fits(string list, int value, int min, int max, string[]? names = null) =>
        list.Split(',').Any(element => FitsElement(element, value, min, max, names));

    private static bool FitsElement(string element, int value, int min, int max, string[]? names)
    {
        string[] parts = element.Split('/');
        int step = parts.Length == 2 ? Number(parts[1]) : 1;
        int first = min;
        int last = max;
        if (parts[0] != "*")
        {
            string[] ends = parts[0].Split('-');
            first = Value(ends[0], names, min);
            last = ends.Length == 2 ? Value(ends[1], names, min) : parts.Length == 2 ? max : first;
        }

        if (names == s_weekdays)
        {
            // 7 is Sunday too. Only 0-7 is more than one day with two names.
            (first, last) = first == 0 && last == 7 ? (0, 6) : (first % 7, last % 7);
        }

        for (int i = first, steps = 0; ; i = i == max ? min : i + 1, steps++)
        {
            if (steps % step == 0 && i == value)
            {
                return true;
            }

            if (i == last)
            {
                return false;
            }
        }
    }

    private static int Value(string text, string[]? names, int min)
    {
        int at = names is null ? -1 : Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return at >= 0 ? at + min : Number(text);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
