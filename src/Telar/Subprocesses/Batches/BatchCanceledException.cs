namespace Telar.Subprocesses;

/// <summary>A batch was cancelled. It has started nothing more and has stopped what ran.</summary>
/// <remarks><b>Thread safety.</b> As any exception.</remarks>
public sealed class BatchCanceledException : OperationCanceledException
{
    internal BatchCanceledException(BatchReport report, CancellationToken cancellationToken)
        : base(
            $"The batch was cancelled after {report.Progress.Done} commands, of which {report.Progress.Stopped} were stopped; nothing of it runs any more.",
            cancellationToken) => Report = report;

    /// <summary>What had become of the commands until then.</summary>
    public BatchReport Report { get; }
}
