namespace Telar.Subprocesses;

/// <summary>What became of one command of a batch.</summary>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public sealed class BatchResult
{
    internal BatchResult(int seq, CommandLine command, BatchOutcome outcome)
    {
        Seq = seq;
        Command = command;
        Outcome = outcome;
    }

    /// <summary>The place of the command in the list, from 1.</summary>
    public int Seq { get; }

    /// <summary>What was run.</summary>
    public CommandLine Command { get; }

    /// <summary>What became of it.</summary>
    public BatchOutcome Outcome { get; }

    /// <summary>Whether the command succeeded, now or in the earlier batch that the job log is from.</summary>
    public bool IsSuccess => Outcome is BatchOutcome.Succeeded || (Outcome is BatchOutcome.Skipped && WasSuccess);

    /// <summary>How often it was started; 0 when it was skipped.</summary>
    public int Attempts { get; internal init; }

    /// <summary>When its last attempt began; null when it was skipped.</summary>
    public DateTimeOffset? StartedAt { get; internal init; }

    /// <summary>How long its last attempt took.</summary>
    public TimeSpan Elapsed { get; internal init; }

    /// <summary>The child of the last attempt; null when it was skipped, could not be started, or was stopped.</summary>
    public CompletedProcess? Process { get; internal init; }

    /// <summary>Why there is no <see cref="Process"/>: what the last attempt threw; null when it threw nothing.</summary>
    public Exception? Exception { get; internal init; }

    /// <summary>
    /// The exit code, or -n when signal n killed the child; of a skipped command what the job log says; null when there is none.
    /// </summary>
    public int? ReturnCode { get; internal init; }

    /// <summary>
    /// What came from standard output in the last attempt; what there was of it when the command was stopped. What goes to a file of
    /// <see cref="BatchOptions.ResultsDirectory"/>, or line by line to a stream, is not kept in memory: here are its last 64 KiB then,
    /// unless <see cref="PopenOptions.MaxOutput"/> says otherwise.
    /// </summary>
    public CapturedOutput Stdout { get; internal init; } = CapturedOutput.NotCaptured;

    /// <summary>What came from standard error in the last attempt, in the same way.</summary>
    public CapturedOutput Stderr { get; internal init; } = CapturedOutput.NotCaptured;

    internal bool WasSuccess { get; init; }

    /// <summary>How many bytes came from standard output, as far as it was captured.</summary>
    internal long Received { get; init; }

    /// <summary>One line for people: the place, the command, and what became of it.</summary>
    /// <returns>The text; secrets in the command are readable.</returns>
    public override string ToString() => $"{Seq}: {Command}: {Ending}";

    internal string Ending => Outcome switch
    {
        BatchOutcome.Succeeded => "succeeded",
        BatchOutcome.Failed when Exception is not null => Exception.Message,
        BatchOutcome.Failed => $"failed with return code {ReturnCode}",
        BatchOutcome.TimedOut => $"took too long and was stopped after {Elapsed.TotalSeconds:0.0} s",
        BatchOutcome.Stopped => "was stopped",
        BatchOutcome.Skipped => "was done before",
        _ => "was not to be run",
    };
}
