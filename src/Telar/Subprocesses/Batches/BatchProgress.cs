namespace Telar.Subprocesses;

/// <summary>How far a batch has come.</summary>
/// <param name="Total">How many commands there are; null while the source has not told.</param>
/// <param name="Succeeded">How many ended with a success.</param>
/// <param name="Failed">How many failed or took too long, after all retries.</param>
/// <param name="Stopped">How many were stopped because the batch was halted or cancelled.</param>
/// <param name="Skipped">How many the job log had as done, or were not to be run at all (<see cref="BatchOptions.DryRun"/>).</param>
/// <param name="Running">How many run now.</param>
/// <param name="Elapsed">The time since the start of the batch.</param>
/// <param name="Remaining">
/// How long the rest will take; null when the total is not known or nothing has ended yet. The commands that still run are part of
/// the estimate, so that it holds also when some take a hundred times as long as others.
/// </param>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public readonly record struct BatchProgress(
    int? Total, int Succeeded, int Failed, int Stopped, int Skipped, int Running, TimeSpan Elapsed, TimeSpan? Remaining)
{
    /// <summary>How many commands need no more work.</summary>
    public int Done => Succeeded + Failed + Stopped + Skipped;

    /// <summary>The part of the commands that need no more work, from 0 to 1; null when the total is not known.</summary>
    public double? Fraction => Total is { } total ? total == 0 ? 1 : Done / (double)total : null;
}
