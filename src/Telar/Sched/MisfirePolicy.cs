namespace Telar.Sched;

/// <summary>What a job does about runs that it missed.</summary>
/// <remarks>
/// A run is missed when the scheduler comes to it later than <see cref="JobOptions.MisfireThreshold"/>: the job was paused, the computer
/// slept, its clock was set forward, or all threads were busy.
/// </remarks>
public enum MisfirePolicy
{
    /// <summary>Runs once now, for all that were missed, and goes on with the next run that is not due yet.</summary>
    RunOnce,

    /// <summary>Leaves out what was missed.</summary>
    Skip,

    /// <summary>Runs once for each that was missed, in their order; how many at the same time says <see cref="OverlapPolicy"/>.</summary>
    RunAll,
}
