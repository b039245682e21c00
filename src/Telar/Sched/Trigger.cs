namespace Telar.Sched;

/// <summary>Says at which times a job runs. A pure function: it has no clock and no state.</summary>
/// <remarks>
/// <para>
/// <see cref="At"/> is one time, <see cref="Every(TimeSpan)"/> an interval, <see cref="Cron(string, TimeZoneInfo, SkippedTimePolicy, RepeatedTimePolicy)"/>
/// a calendar. For other times derive a class: business days, the tides, or the union of two triggers.
/// </para>
/// <para>
/// <b>Thread safety.</b> Those made here are immutable. One of your own is asked by several threads: by that of the timer, and by everybody who
/// looks ahead.
/// </para>
/// </remarks>
public abstract class Trigger
{
    /// <summary>Whether its times are counted from the one before, so that they move along when the computer's clock is set.</summary>
    internal virtual bool IsElapsedTime => false;

    /// <summary>One run at a given time.</summary>
    /// <param name="time">When. A time in the past is due at once, or missed: see <see cref="MisfirePolicy"/>.</param>
    /// <returns>The trigger.</returns>
    public static Trigger At(DateTimeOffset time) => new AtTrigger(time);

    /// <summary>A run each interval, the first one an interval after the job is added.</summary>
    /// <param name="interval">How long from one run to the next, from start to start; more than zero.</param>
    /// <returns>The trigger. It counts time that passes: setting the computer's clock does not change the interval.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is zero or negative.</exception>
    public static Trigger Every(TimeSpan interval) => new IntervalTrigger(interval, first: null);

    /// <summary>A run each interval, the first one at a given time.</summary>
    /// <param name="interval">How long from one run to the next, from start to start; more than zero.</param>
    /// <param name="first">
    /// When the first run is, or was: all are a whole number of intervals after it. Runs before the job is added are not missed.
    /// </param>
    /// <returns>The trigger. Its times are times of the calendar, in UTC.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> is zero or negative.</exception>
    public static Trigger Every(TimeSpan interval, DateTimeOffset first) => new IntervalTrigger(interval, first);

    /// <summary>Runs at the times of a cron expression.</summary>
    /// <param name="expression">Five or six fields, see <see cref="CronExpression"/>.</param>
    /// <param name="zone">The time zone whose clocks the expression means. <see cref="TimeZoneInfo.Utc"/> knows no summer time.</param>
    /// <param name="skipped">What happens to times that do not come, because clocks are set forward.</param>
    /// <param name="repeated">What happens to times that come twice, because clocks are set back.</param>
    /// <returns>The trigger.</returns>
    /// <exception cref="CronFormatException">The expression is none; the message says which field and why.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A policy is none of its values.</exception>
    public static Trigger Cron(
        string expression,
        TimeZoneInfo zone,
        SkippedTimePolicy skipped = SkippedTimePolicy.Auto,
        RepeatedTimePolicy repeated = RepeatedTimePolicy.Auto) =>
        Cron(CronExpression.Parse(expression), zone, skipped, repeated);

    /// <inheritdoc cref="Cron(string, TimeZoneInfo, SkippedTimePolicy, RepeatedTimePolicy)"/>
    public static Trigger Cron(
        CronExpression expression,
        TimeZoneInfo zone,
        SkippedTimePolicy skipped = SkippedTimePolicy.Auto,
        RepeatedTimePolicy repeated = RepeatedTimePolicy.Auto) =>
        new CronTrigger(expression, zone, skipped, repeated);

    /// <summary>The first time after a given one.</summary>
    /// <param name="after">A time. The answer is later, except that a first time may be in the past.</param>
    /// <param name="previous">The time of the trigger before; <see langword="null"/> asks for its first time.</param>
    /// <returns>The time, or <see langword="null"/> when there is none any more.</returns>
    /// <remarks>
    /// A job asks once with <see langword="null"/> and the time at which it was added, and from then on with the time before, whether or not
    /// that one ran. <paramref name="after"/> is later than <paramref name="previous"/> when times are left out.
    /// </remarks>
    public abstract DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset? previous);

    /// <summary>The next times, for a look ahead.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="after">From when on.</param>
    /// <returns>The times in their order; fewer than <paramref name="count"/> when there are no more.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public IReadOnlyList<DateTimeOffset> NextRuns(int count, DateTimeOffset after)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Following(count, Next(after, null));
    }

    internal List<DateTimeOffset> Following(int count, DateTimeOffset? first)
    {
        List<DateTimeOffset> times = [];
        for (DateTimeOffset? time = first; time is { } found && times.Count < count; time = NextChecked(found, found))
        {
            times.Add(found);
        }

        return times;
    }

    /// <summary>As <see cref="Next"/>, for triggers of others too: one that stands still would make the job run without end.</summary>
    internal DateTimeOffset? NextChecked(DateTimeOffset after, DateTimeOffset previous)
    {
        DateTimeOffset? next = Next(after, previous);
        return next is null || next > after
            ? next
            : throw new InvalidOperationException(
                $"{this} was asked for the first time after {after:O}, but answered {next:O}. Trigger.Next must return a later time, or null.");
    }
}
