using System.Numerics;

namespace Telar.Sched;

/// <summary>On which days of a month a cron expression runs: its fields "day of month" and "day of week" together.</summary>
internal sealed class CronDays
{
    private const uint EveryWeekday = 0x7F;

    private readonly bool _anyDay; // the day of month is '*' or '?'
    private readonly bool _anyWeekday;

    private uint _days; // bit 1 to 31
    private uint _beforeLast; // bit n: n days before the last one
    private uint _nearest; // bit d: the working day nearest to day d
    private bool _lastWorkingDay;

    private uint _weekdays; // bit 0 is Sunday
    private uint _lastWeekdays; // bit w: the last such day of the month
    private readonly uint[] _nthWeekdays = new uint[6]; // [n] bit w: the n-th such day

    private CronDays(bool anyDay, bool anyWeekday) => (_anyDay, _anyWeekday) = (anyDay, anyWeekday);

    public static CronDays Parse(CronToken dayOfMonth, CronToken dayOfWeek)
    {
        CronDays days = new(IsAny(dayOfMonth), IsAny(dayOfWeek));
        if (!days._anyDay)
        {
            foreach (CronToken element in dayOfMonth.List())
            {
                days.AddDay(element);
            }
        }

        if (!days._anyWeekday)
        {
            foreach (CronToken element in dayOfWeek.List())
            {
                days.AddWeekday(element);
            }
        }

        return days;

        static bool IsAny(CronToken field) => field.Is("*") || field.Is("?");
    }

    /// <summary>The days of a month as bits 1 to 31.</summary>
    public uint InMonth(int year, int month)
    {
        int last = DateTime.DaysInMonth(year, month);
        int firstWeekday = (int)new DateOnly(year, month, 1).DayOfWeek;
        uint all = (uint)((1UL << (last + 1)) - 2);
        if (_anyDay && _anyWeekday)
        {
            return all;
        }

        // As in crontab: with both fields given, a day that fits one of them is enough.
        uint days = _anyDay ? 0 : ByDay(last, firstWeekday);
        uint weekdays = _anyWeekday ? 0 : ByWeekday(last, firstWeekday);
        return (days | weekdays) & all;
    }

    private uint ByDay(int last, int firstWeekday)
    {
        uint days = _days;
        for (uint rest = _beforeLast; rest != 0; rest &= rest - 1)
        {
            int day = last - BitOperations.TrailingZeroCount(rest);
            days |= day >= 1 ? 1u << day : 0;
        }

        for (uint rest = _nearest; rest != 0; rest &= rest - 1)
        {
            int day = BitOperations.TrailingZeroCount(rest);
            days |= day <= last ? 1u << NearestWorkingDay(day) : 0;
        }

        return _lastWorkingDay ? days | (1u << NearestWorkingDay(last)) : days;

        // Never in another month: the 1st on a Saturday gives Monday the 3rd.
        int NearestWorkingDay(int day) => Weekday(day) switch
        {
            DayOfWeek.Saturday => day > 1 ? day - 1 : day + 2,
            DayOfWeek.Sunday => day < last ? day + 1 : day - 2,
            _ => day,
        };

        DayOfWeek Weekday(int day) => (DayOfWeek)((firstWeekday + day - 1) % 7);
    }

    private uint ByWeekday(int last, int firstWeekday)
    {
        uint days = 0;
        for (int day = 1; day <= last; day++)
        {
            uint weekday = 1u << ((firstWeekday + day - 1) % 7);
            bool fits = (_weekdays & weekday) != 0
                || (_nthWeekdays[((day - 1) / 7) + 1] & weekday) != 0
                || (day + 7 > last && (_lastWeekdays & weekday) != 0);
            days |= fits ? 1u << day : 0;
        }

        return days;
    }

    private void AddDay(CronToken element)
    {
        CronField field = CronField.DayOfMonth;
        if (element.Is("LW"))
        {
            _lastWorkingDay = true;
        }
        else if (element.Is("L"))
        {
            _beforeLast |= 1;
        }
        else if (element.Length > 2 && element.Slice(0, 2).Is("L-"))
        {
            CronToken text = element.Slice(2, element.Length - 2);
            if (!text.TryReadNumber(out int before) || before is < 1 or > 30)
            {
                throw text.Error(field.Name, $"'{text}' is no number of days before the last one. It may be 1 to 30.");
            }

            _beforeLast |= 1u << before;
        }
        else if (element.Last == 'W')
        {
            _nearest |= 1u << field.ReadValue(element.WithoutLast());
        }
        else
        {
            _days |= (uint)field.ReadElement(element);
        }
    }

    private void AddWeekday(CronToken element)
    {
        CronField field = CronField.DayOfWeek;
        (CronToken day, CronToken? number) = element.SplitAt('#');
        if (number is { } text)
        {
            if (!text.TryReadNumber(out int nth) || nth is < 1 or > 5)
            {
                throw text.Error(field.Name, $"'{text}' is no number of a week. After # stands 1 to 5: 5#3 is the third Friday.");
            }

            _nthWeekdays[nth] |= 1u << (field.ReadValue(day) % 7);
        }
        else if (element.Is("L"))
        {
            throw element.Error(field.Name, "L needs a day before it: 5L is the last Friday of the month.");
        }
        else if (element.Last == 'L')
        {
            _lastWeekdays |= 1u << (field.ReadValue(element.WithoutLast()) % 7);
        }
        else
        {
            uint weekdays = (uint)field.ReadElement(element);
            _weekdays |= (weekdays | (weekdays >> 7)) & EveryWeekday;
        }
    }
}
