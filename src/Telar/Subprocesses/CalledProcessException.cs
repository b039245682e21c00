namespace Telar.Subprocesses;

/// <summary>A child ended with a return code that is no success.</summary>
/// <remarks>Python: <c>subprocess.CalledProcessError</c>. <b>Thread safety.</b> As any exception.</remarks>
public sealed class CalledProcessException : SubprocessException
{
    internal CalledProcessException(CompletedProcess process, PopenOptions options, string where = "")
        : base(FailureText.ForReturnCode(process, options, where)) => Process = process;

    /// <summary>The child: its command line, return code, output and times.</summary>
    public CompletedProcess Process { get; }

    /// <summary>What was run. Python: <c>cmd</c>.</summary>
    public CommandLine Cmd => Process.Args;

    /// <summary>The exit code; -n when signal n killed the child.</summary>
    public int ReturnCode => Process.ReturnCode;

    /// <summary>The signal that killed the child, or <see cref="Signal.None"/>.</summary>
    public Signal Signal => Process.Signal;

    /// <summary>What came from standard output. Python: <c>output</c> and <c>stdout</c>.</summary>
    public CapturedOutput Stdout => Process.Stdout;

    /// <summary>What came from standard error.</summary>
    public CapturedOutput Stderr => Process.Stderr;
}
