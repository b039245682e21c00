using System.Globalization;

namespace Telar.Sched;

/// <summary>One field of a cron expression: its range, its names, and how its lists are read.</summary>
internal sealed class CronField(string name, int min, int max, string[]? names = null)
{
    public static readonly CronField Second = new("second", 0, 59);
    public static readonly CronField Minute = new("minute", 0, 59);
    public static readonly CronField Hour = new("hour", 0, 23);
    public static readonly CronField DayOfMonth = new("day of month", 1, 31);
    public static readonly CronField Month =
        new("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]);

    // 7 is Sunday too; it is folded into 0 after reading.
    public static readonly CronField DayOfWeek = new("day of week", 0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]);

    public string Name { get; } = name;

    /// <summary>How many different values there are.</summary>
    private int Size => this == DayOfWeek ? 7 : max - min + 1;

    private string Allowed => names is null
        ? string.Create(CultureInfo.InvariantCulture, $"{min} to {max}")
        : string.Create(CultureInfo.InvariantCulture, $"{min} to {max}, or {names[0]} to {names[^1]}");

    /// <summary>Reads one element of a list: <c>*</c>, a value, a range, each with or without a step.</summary>
    /// <returns>The values as bits.</returns>
    public ulong ReadElement(CronToken element)
    {
        (CronToken range, CronToken? stepText) = element.SplitAt('/');
        int step = 1;
        if (stepText is { } text && (!text.TryReadNumber(out step) || step < 1 || step > Size))
        {
            throw text.Error(Name, $"'{text}' is no step. A step is a number from 1 to {Size}.");
        }

        int first, last;
        if (range.Is("*"))
        {
            (first, last) = (min, min + Size - 1);
        }
        else
        {
            (CronToken from, CronToken? to) = range.SplitAt('-');
            first = ReadValue(from);
            // '5/15' means from 5 to the end.
            last = to is { } end ? ReadValue(end) : stepText is null ? first : min + Size - 1;
        }

        return Bits(first, last, step);
    }

    /// <summary>Reads a number or a name.</summary>
    public int ReadValue(CronToken text)
    {
        int named = names is null ? -1 : Array.FindIndex(names, text.Is);
        if (named >= 0)
        {
            return named + min;
        }

        if (!text.TryReadNumber(out int value))
        {
            throw text.Error(Name, text.IsEmpty ? $"a value is missing. It may be {Allowed}." : $"'{text}' is no value. It may be {Allowed}.");
        }

        return value >= min && value <= max ? value : throw text.Error(Name, $"'{text}' is out of range. It may be {Allowed}.");
    }

    // A range may run over the end: 22-2 are the hours around midnight, FRI-MON the days around the week's end.
    private ulong Bits(int first, int last, int step)
    {
        int length = last >= first ? last - first : last - first + Size;
        ulong bits = 0;
        for (int i = 0; i <= length; i += step)
        {
            int value = first + i;
            bits |= 1UL << (value > min + Size - 1 ? value - Size : value);
        }

        return bits;
    }
}
