namespace Telar.Sched;

/// <summary>What happens to a time of day that does not come, because clocks are set forward over it.</summary>
/// <remarks>In New York, 2:30 does not come on the second Sunday of March: after 1:59 it is 3:00.</remarks>
public enum SkippedTimePolicy
{
    /// <summary>
    /// As cron does it: an expression that names its hours runs at the next time that there is, one whose hour is <c>*</c> or a step of it
    /// (<c>*/2</c>) does not, since it runs soon enough.
    /// </summary>
    Auto,

    /// <summary>Runs at the next time that there is: the first moment after the gap. Several times in the gap make one run.</summary>
    NextValidTime,

    /// <summary>Does not run.</summary>
    Skip,
}
