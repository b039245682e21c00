namespace Telar.Subprocesses;

/// <summary>What became of a command of a batch.</summary>
/// <remarks><b>Thread safety.</b> An enumeration.</remarks>
public enum BatchOutcome
{
    /// <summary>It ran, and its return code is a success.</summary>
    Succeeded,

    /// <summary>It could not be started, or its return code is no success, or its run failed in another way, after all retries.</summary>
    Failed,

    /// <summary>It took too long and was stopped, after all retries.</summary>
    TimedOut,

    /// <summary>
    /// It was stopped, or not tried again after a failure, because the batch was halted or cancelled. The job log does not have it,
    /// so a resumed batch runs it again.
    /// </summary>
    Stopped,

    /// <summary>The job log says that an earlier batch has done it.</summary>
    Skipped,

    /// <summary>It would have been run, but <see cref="BatchOptions.DryRun"/> is set.</summary>
    DryRun,
}
