namespace Telar.Subprocesses;

/// <summary>One command of a batch, as its driver sees it.</summary>
internal sealed class BatchRun(CommandLine command) : BatchJob
{
    public CommandLine Command { get; } = command;

    /// <summary>What the last attempt ran with.</summary>
    public RunOptions? Options { get; set; }

    /// <summary>Stops the attempt that runs.</summary>
    public CancellationTokenSource? Stop { get; set; }

    public BatchResult? Result { get; set; }
}
