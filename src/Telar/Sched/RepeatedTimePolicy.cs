namespace Telar.Sched;

/// <summary>What happens to a time of day that comes twice, because clocks are set back over it.</summary>
/// <remarks>In New York, 1:30 comes twice on the first Sunday of November: one hour after the first 1:30 it is 1:30 again.</remarks>
public enum RepeatedTimePolicy
{
    /// <summary>
    /// As cron does it: an expression that names its hours runs the first time, one whose hour is <c>*</c> or a step of it (<c>*/2</c>) runs
    /// both times, so that no interval doubles.
    /// </summary>
    Auto,

    /// <summary>Runs the first time.</summary>
    Once,

    /// <summary>Runs both times.</summary>
    Twice,
}
