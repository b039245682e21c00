namespace Telar.Sched;

/// <summary>The times of a cron expression in a time zone, through all changes of its clocks.</summary>
/// <remarks>
/// A zone is a row of stretches of time, each with one offset from UTC. Within a stretch the clocks run evenly, so the expression alone
/// says what comes next. Where two stretches meet, the clocks jump forward (times are skipped) or back (times are repeated), and the
/// policies decide. docs/design/sched.md#cron-and-the-clocks has a picture.
/// </remarks>
internal sealed class CronTrigger : Trigger
{
    // No zone changes its clocks twice within this, nor by more than this.
    private static readonly TimeSpan s_hop = TimeSpan.FromDays(1);

    private readonly CronExpression _expression;
    private readonly TimeZoneInfo _zone;
    private readonly bool _changesClocks;
    private readonly bool _runsSkipped;
    private readonly bool _runsTwice;

    public CronTrigger(CronExpression expression, TimeZoneInfo zone, SkippedTimePolicy skipped, RepeatedTimePolicy repeated)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(zone);
        _expression = expression;
        _zone = zone;
        // Not SupportsDaylightSavingTime: a zone may also have changed its offset for good.
        _changesClocks = zone.GetAdjustmentRules().Length > 0;
        _runsSkipped = skipped switch
        {
            SkippedTimePolicy.Auto => !expression.RunsEachHour,
            SkippedTimePolicy.NextValidTime => true,
            SkippedTimePolicy.Skip => false,
            _ => throw new ArgumentOutOfRangeException(nameof(skipped), skipped, $"{skipped} is no SkippedTimePolicy."),
        };
        _runsTwice = repeated switch
        {
            RepeatedTimePolicy.Auto => expression.RunsEachHour,
            RepeatedTimePolicy.Once => false,
            RepeatedTimePolicy.Twice => true,
            _ => throw new ArgumentOutOfRangeException(nameof(repeated), repeated, $"{repeated} is no RepeatedTimePolicy."),
        };
    }

    public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset? previous)
    {
        DateTime utc = after.UtcDateTime;
        TimeSpan offset = _zone.GetUtcOffset(utc);
        // Times of this stretch up to here are over, in local time. The first answer is looked for after it.
        DateTime over = Local(utc, offset);
        if (!_runsTwice && utc - DateTime.MinValue > s_hop && ChangeBetween(utc - s_hop, utc) is { } recent)
        {
            over = Max(over, LastOfRepeated(recent, _zone.GetUtcOffset(recent.AddTicks(-1))));
        }

        while (_expression.Next(over) is { } local)
        {
            DateTime found = Utc(local, offset);
            if (ChangeBetween(utc, found) is not { } change)
            {
                return found < DateTime.MaxValue ? new DateTimeOffset(local, offset) : null;
            }

            TimeSpan before = offset;
            (utc, offset) = (change, _zone.GetUtcOffset(change));
            DateTime resumes = Local(change, offset);
            if (offset > before)
            {
                // Clocks were set forward from `stops` to `resumes`.
                DateTime stops = Local(change, before);
                if (_runsSkipped && _expression.Next(stops.AddTicks(-1)) < resumes)
                {
                    return new DateTimeOffset(resumes, offset);
                }

                over = resumes.AddTicks(-1);
            }
            else
            {
                over = _runsTwice ? resumes.AddTicks(-1) : LastOfRepeated(change, before);
            }
        }

        return null;
    }

    public override string ToString() => $"cron '{_expression}' in {_zone.Id}";

    // What was local time up to the change has been, whatever the clocks show afterwards.
    private static DateTime LastOfRepeated(DateTime change, TimeSpan before) => Local(change, before).AddTicks(-1);

    /// <summary>The first moment after <paramref name="from"/>, and up to <paramref name="to"/>, with another offset.</summary>
    private DateTime? ChangeBetween(DateTime from, DateTime to)
    {
        TimeSpan offset = _zone.GetUtcOffset(from);
        while (_changesClocks && from < to)
        {
            DateTime next = to - from > s_hop ? from + s_hop : to;
            if (_zone.GetUtcOffset(next) != offset)
            {
                return FirstWithout(offset, from, next);
            }

            from = next;
        }

        return null;
    }

    private DateTime FirstWithout(TimeSpan offset, DateTime with, DateTime without)
    {
        while (without.Ticks - with.Ticks > 1)
        {
            DateTime middle = new(with.Ticks + ((without.Ticks - with.Ticks) / 2), DateTimeKind.Utc);
            (with, without) = _zone.GetUtcOffset(middle) == offset ? (middle, without) : (with, middle);
        }

        return without;
    }

    private static DateTime Local(DateTime utc, TimeSpan offset) => new(Math.Clamp(utc.Ticks + offset.Ticks, 0, DateTime.MaxValue.Ticks));

    private static DateTime Utc(DateTime local, TimeSpan offset) =>
        new(Math.Clamp(local.Ticks - offset.Ticks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);

    private static DateTime Max(DateTime left, DateTime right) => left > right ? left : right;
}
