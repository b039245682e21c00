namespace Telar.Subprocesses;

/// <summary>A run, or an exchange with a child, was cancelled. What the child had written until then is here.</summary>
/// <remarks>
/// From a run: the child has been stopped. From <see cref="Popen.Communicate"/>: it goes on, and the call may be repeated
/// without losing anything. <b>Thread safety.</b> As any exception.
/// </remarks>
public sealed class SubprocessCanceledException : OperationCanceledException
{
    internal SubprocessCanceledException(
        CommandLine cmd,
        PopenOptions options,
        CapturedOutput stdout,
        CapturedOutput stderr,
        string outcome,
        CancellationToken cancellationToken)
        : base(FailureText.ForCancellation(cmd, options, outcome), cancellationToken)
    {
        Cmd = cmd;
        Stdout = stdout;
        Stderr = stderr;
    }

    /// <summary>What was run.</summary>
    public CommandLine Cmd { get; }

    /// <summary>What had come from standard output.</summary>
    public CapturedOutput Stdout { get; }

    /// <summary>What had come from standard error.</summary>
    public CapturedOutput Stderr { get; }
}
