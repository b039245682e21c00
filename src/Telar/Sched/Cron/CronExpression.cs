using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Telar.Sched;

/// <summary>A calendar in the notation of cron, such as <c>30 4 * * MON-FRI</c>: every working day at 4:30.</summary>
/// <remarks>
/// <para>
/// Five fields, separated by blanks: minute (0-59), hour (0-23), day of month (1-31), month (1-12 or JAN-DEC), day of week (0-7 or SUN-SAT; 0
/// and 7 are Sunday). With six, the first one is the second (0-59). Or one word: <c>@yearly</c>, <c>@annually</c>, <c>@monthly</c>,
/// <c>@weekly</c>, <c>@daily</c>, <c>@midnight</c>, <c>@hourly</c>.
/// </para>
/// <list type="table">
/// <listheader><term>in a field</term><description>means</description></listheader>
/// <item><term><c>*</c></term><description>every value; in the two day fields also <c>?</c></description></item>
/// <item><term><c>1,15,20-25</c></term><description>a list of values and ranges</description></item>
/// <item><term><c>22-2</c>, <c>FRI-MON</c></term><description>a range; it may run over the end</description></item>
/// <item><term><c>*/15</c>, <c>8-18/2</c>, <c>5/10</c></term><description>every 15th, every second from 8 to 18, every tenth from 5 to the
/// end</description></item>
/// <item><term><c>L</c>, <c>L-3</c>, <c>LW</c></term><description>day of month: the last one, 3 days before it, the last working day
/// (Monday to Friday)</description></item>
/// <item><term><c>15W</c></term><description>day of month: the working day nearest to the 15th, in the same month</description></item>
/// <item><term><c>5L</c>, <c>FRI#2</c></term><description>day of week: the last Friday, the second Friday of the month</description></item>
/// </list>
/// <para>
/// When both the day of month and the day of week are given, a day that fits one of them is enough, as in crontab.
/// Times have no zone here; <see cref="Trigger.Cron(CronExpression, TimeZoneInfo, SkippedTimePolicy, RepeatedTimePolicy)"/> gives them one.
/// </para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class CronExpression
{
    // After 400 years the calendar repeats, days of the week included: what has not come by then never comes.
    private const int Cycle = 400;

    private static readonly Dictionary<string, string> s_words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    private readonly string _text;
    private readonly ulong _seconds;
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _months;
    private readonly CronDays _days;

    private CronExpression(string text)
    {
        _text = text.Trim();
        string expression = s_words.GetValueOrDefault(_text, text);
        List<CronToken> fields = CronToken.Words(expression);
        if (fields.Count is not (5 or 6))
        {
            bool isWord = fields.Count == 1 && fields[0].Text[0] == '@';
            throw new CronFormatException(
                text, null, 0,
                isWord
                    ? $"'{fields[0]}' is no known word. There are {string.Join(", ", s_words.Keys)}."
                    : $"it has {fields.Count} fields. Five are needed (minute, hour, day of month, month, day of week), or six with the second " +
                        "before them.");
        }

        int at = fields.Count - 5;
        _seconds = at == 0 ? 1 : ReadList(CronField.Second, fields[0]);
        _minutes = ReadList(CronField.Minute, fields[at]);
        _hours = ReadList(CronField.Hour, fields[at + 1]);
        _days = CronDays.Parse(fields[at + 2], fields[at + 4]);
        _months = ReadList(CronField.Month, fields[at + 3]);
        RunsEachHour = fields[at + 1].Text[0] == '*';
        if (Next(new DateTime(2000, 1, 1)) is null)
        {
            throw fields[at + 2].Error(
                CronField.DayOfMonth.Name, $"'{fields[at + 2]}' never comes in the months of '{fields[at + 3]}'.");
        }
    }

    /// <summary>Whether it runs through the day at an interval: what <see cref="SkippedTimePolicy.Auto"/> asks.</summary>
    internal bool RunsEachHour { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">Five or six fields, or a word. Upper and lower case are the same.</param>
    /// <returns>The expression.</returns>
    /// <exception cref="CronFormatException">The text is none; the message says which field and why. So is one for a day that never comes.</exception>
    public static CronExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new CronExpression(text);
    }

    /// <summary>Reads an expression, if it is one.</summary>
    /// <param name="text">As in <see cref="Parse"/>.</param>
    /// <param name="expression">The expression; <see langword="null"/> when the text is none.</param>
    /// <returns>Whether the text is an expression.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out CronExpression? expression)
    {
        try
        {
            expression = text is null ? null : new CronExpression(text);
        }
        catch (CronFormatException)
        {
            expression = null;
        }

        return expression is not null;
    }

    /// <summary>The first time after a given one, on clocks that nobody sets forward or back.</summary>
    /// <param name="after">A time; the answer is later.</param>
    /// <returns>The time, of unspecified kind; <see langword="null"/> when there is none before the year 10000.</returns>
    public DateTime? Next(DateTime after)
    {
        if (after.Ticks / TimeSpan.TicksPerSecond >= DateTime.MaxValue.Ticks / TimeSpan.TicksPerSecond)
        {
            return null;
        }

        // The first whole second after it.
        DateTime from = new((after.Ticks / TimeSpan.TicksPerSecond + 1) * TimeSpan.TicksPerSecond);
        DateOnly today = DateOnly.FromDateTime(from);
        DateOnly? day = NextDay(today);
        if (day == today)
        {
            if (NextTime(from.Hour, from.Minute, from.Second) is { } time)
            {
                return today.ToDateTime(time);
            }

            day = today == DateOnly.MaxValue ? null : NextDay(today.AddDays(1));
        }

        return day?.ToDateTime(new TimeOnly(First(_hours), First(_minutes), First(_seconds)));
    }

    /// <summary>The text of the expression.</summary>
    /// <returns>As it was given, without blanks around it.</returns>
    public override string ToString() => _text;

    private static ulong ReadList(CronField field, CronToken list) =>
        list.List().Aggregate(0UL, (bits, element) => bits | field.ReadElement(element));

    private DateOnly? NextDay(DateOnly from)
    {
        (int year, int month, int day) = (from.Year, from.Month, from.Day);
        int lastYear = Math.Min(year + Cycle, DateTime.MaxValue.Year);
        while (year <= lastYear)
        {
            uint days = (_months >> month & 1) == 0 ? 0 : _days.InMonth(year, month) & (uint.MaxValue << day);
            if (days != 0)
            {
                return new DateOnly(year, month, BitOperations.TrailingZeroCount(days));
            }

            day = 1;
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1);
        }

        return null;
    }

    // The first time of day that is not before the given one.
    private TimeOnly? NextTime(int hour, int minute, int second)
    {
        if (Has(_hours, hour))
        {
            if (Has(_minutes, minute) && NextBit(_seconds, second) is { } sameMinute)
            {
                return new TimeOnly(hour, minute, sameMinute);
            }

            if (NextBit(_minutes, minute + 1) is { } sameHour)
            {
                return new TimeOnly(hour, sameHour, First(_seconds));
            }
        }

        return NextBit(_hours, hour + 1) is { } later ? new TimeOnly(later, First(_minutes), First(_seconds)) : null;
    }

    private static bool Has(ulong bits, int bit) => (bits >> bit & 1) != 0;

    private static int First(ulong bits) => BitOperations.TrailingZeroCount(bits);

    private static int? NextBit(ulong bits, int from)
    {
        ulong rest = bits & (ulong.MaxValue << from);
        return rest == 0 ? null : First(rest);
    }
}
