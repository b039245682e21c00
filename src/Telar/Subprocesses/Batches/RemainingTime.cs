namespace Telar.Subprocesses;

// Long commands end late, so the ended ones are too short a sample: with ten places, nine of them busy for an hour and one with
// commands of a second, all that has ended took a second. So the time that running commands have spent so far counts as well: time
// spent by all divided by the number of ended commands. With all places busy this is the plain rate of the batch.
// How much longer a running command takes is what those took longer that were as old as it is now: after 50 of the 100 seconds of
// the long kind, the short kind tells nothing about it.

/// <summary>How long the rest of a batch will take, with commands of very different lengths.</summary>
internal sealed class RemainingTime
{
    // Of the last hundred or so commands: what was an hour ago says less.
    private const double Fading = 0.99;

    private readonly DurationSample _durations = new();
    private double _ended;
    private double _spentTicks;

    /// <summary>An attempt has ended.</summary>
    /// <param name="duration">How long it took.</param>
    /// <param name="isFinal">Whether its command is done with it.</param>
    public void Add(TimeSpan duration, bool isFinal)
    {
        _durations.Add(duration);
        _spentTicks = (_spentTicks * Fading) + duration.Ticks;
        _ended = (_ended * Fading) + (isFinal ? 1 : 0);
    }

    /// <summary>The time until all commands have ended; null when there is nothing yet to tell it from.</summary>
    /// <param name="ages">How long each running command has been running.</param>
    /// <param name="notStarted">How many are still to be started.</param>
    /// <param name="places">How many may run at once.</param>
    /// <param name="startDelay">The least time between two starts.</param>
    public TimeSpan? Estimate(IReadOnlyCollection<TimeSpan> ages, long notStarted, int places, TimeSpan startDelay)
    {
        if (notStarted + ages.Count == 0)
        {
            return TimeSpan.Zero;
        }

        if (_ended == 0)
        {
            return null;
        }

        double mean = (_spentTicks + ages.Sum(age => (double)age.Ticks)) / _ended;
        double longest = 0;
        double work = notStarted * mean;
        foreach (TimeSpan age in ages)
        {
            double left = _durations.MeanBeyond(age)?.Ticks ?? mean;
            longest = Math.Max(longest, left);
            work += left;
        }

        double atOnce = Math.Max(1, Math.Min(places, notStarted + ages.Count));
        double ticks = Math.Max(Math.Max(work / atOnce, longest), notStarted * (double)startDelay.Ticks);
        return TimeSpan.FromTicks((long)Math.Min(ticks, TimeSpan.FromDays(1_000_000).Ticks));
    }
}
