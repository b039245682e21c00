namespace Telar.Subprocesses;

/// <summary>A child ended with a return code that is no success.</summary>
/// <remarks>Python: <c>subprocess.CalledProcessError</c>. <b>Thread safety.</b> As any exception.</remarks>
public sealed class CalledProcessException : SubprocessException
{
    /// <summary>What <see cref="CompletedProcess.CheckReturnCode"/> throws; for a test, or a runner of one's own.</summary>
    /// <param name="process">The child that failed.</param>
    public CalledProcessException(CompletedProcess process)
        : this(process, where: "")
    {
    }

    internal CalledProcessException(CompletedProcess process, string where)
        : base(FailureText.ForReturnCode(process, where)) => Process = process;

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
