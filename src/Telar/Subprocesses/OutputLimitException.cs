namespace Telar.Subprocesses;

/// <summary>A child wrote more than <see cref="PopenOptions.MaxOutput"/> and was stopped. What fitted is here.</summary>
/// <remarks><b>Thread safety.</b> As any exception.</remarks>
public sealed class OutputLimitException : SubprocessException
{
    internal OutputLimitException(CommandLine cmd, PopenOptions options, string stream, CapturedOutput stdout, CapturedOutput stderr)
        : base(FailureText.ForOverflow(cmd, options, stream))
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
