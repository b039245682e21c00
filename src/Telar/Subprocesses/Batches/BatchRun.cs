namespace Telar.Subprocesses;

/// <summary>One command of a batch, as its driver sees it.</summary>
internal sealed class BatchRun(CommandLine command) : BatchJob
{
    public CommandLine Command { get; } = command;

    /// <summary>What the job log of an earlier batch says about it, when that is why it is skipped.</summary>
    public JobLogEntry? Before { get; init; }

    /// <summary>What the last attempt runs with.</summary>
    public RunOptions? Options { get; set; }

    /// <summary>Stops the attempt that runs. It has neither a timer nor a wait handle, so nothing of it is to be disposed.</summary>
    public CancellationTokenSource? Stop { get; set; }

    public DateTimeOffset? Began { get; set; }

    public TimeSpan Elapsed { get; set; }

    public CompletedProcess? Process { get; set; }

    public Exception? Exception { get; set; }

    /// <summary>Where standard output of the last attempt went.</summary>
    public BatchRoute Stdout { get; set; }

    /// <summary>Where standard error of the last attempt went.</summary>
    public BatchRoute Stderr { get; set; }

    /// <summary>What became of it, once that is settled.</summary>
    public BatchResult? Result { get; set; }

    /// <summary>The result of the last attempt.</summary>
    /// <param name="outcome">What became of it.</param>
    public BatchResult MakeResult(BatchOutcome outcome)
    {
        (CapturedOutput stdout, CapturedOutput stderr) = Output();
        return new BatchResult(Seq, Command, outcome)
        {
            Attempts = Attempts,
            StartedAt = Began,
            Elapsed = Elapsed,
            Process = Process,
            Exception = Exception,
            ReturnCode = Process?.ReturnCode ?? Before?.ReturnCode,
            Stdout = stdout,
            Stderr = stderr,
            WasSuccess = Before?.IsSuccess ?? false,
            Received = stdout.IsCaptured ? Math.Max(stdout.Length, Stdout.Kept?.Total ?? 0) : 0,
        };
    }

    /// <summary>The last attempt has ended: its files are complete.</summary>
    public void FinishFiles()
    {
        (CapturedOutput stdout, CapturedOutput stderr) = Output();
        Stdout.File?.Finish(stdout);
        Stderr.File?.Finish(stderr);
    }

    private (CapturedOutput Stdout, CapturedOutput Stderr) Output() => Exception switch
    {
        TimeoutExpiredException late => (late.Stdout, late.Stderr),
        SubprocessCanceledException stopped => (stopped.Stdout, stopped.Stderr),
        OutputLimitException flood => (flood.Stdout, flood.Stderr),
        _ when Process is not null => (Process.Stdout, Process.Stderr),
        _ => (CapturedOutput.NotCaptured, CapturedOutput.NotCaptured),
    };
}
