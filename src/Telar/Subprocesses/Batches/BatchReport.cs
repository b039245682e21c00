namespace Telar.Subprocesses;

/// <summary>What became of a batch.</summary>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public sealed class BatchReport
{
    internal BatchReport(IReadOnlyList<BatchResult> results, BatchProgress progress, bool isComplete, bool isHalted)
    {
        Results = results;
        Progress = progress;
        IsComplete = isComplete;
        IsHalted = isHalted;
    }

    /// <summary>
    /// The commands in the order of the list. Those that were never started because the batch ended early are not here. Empty when
    /// the results were streamed.
    /// </summary>
    public IReadOnlyList<BatchResult> Results { get; }

    /// <summary>The last state: how many succeeded, failed and so on.</summary>
    public BatchProgress Progress { get; }

    /// <summary>Whether every command of the list was dealt with.</summary>
    /// <value>False: the batch was halted, cancelled or asked to start no more.</value>
    public bool IsComplete { get; }

    /// <summary>Whether <see cref="BatchOptions.Halt"/> ended the batch.</summary>
    public bool IsHalted { get; }

    /// <summary>Whether every command of the list was dealt with and none failed, also not in the batch that was resumed.</summary>
    public bool IsSuccess => IsComplete && Progress.Failed == 0 && Progress.Stopped == 0
        && Results.All(result => result.Outcome != BatchOutcome.Skipped || result.IsSuccess);

    /// <summary>Refuses a batch that is no success.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="BatchFailedException">A command failed, or some were not run. The message names the first ones.</exception>
    public BatchReport CheckSuccess() => IsSuccess ? this : throw new BatchFailedException(this);
}
