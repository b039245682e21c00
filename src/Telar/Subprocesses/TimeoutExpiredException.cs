namespace Telar.Subprocesses;

/// <summary>A child did not end in time. What it had written until then is here.</summary>
/// <remarks>
/// From a run: the child has been stopped. From <see cref="Popen.Wait"/> and <see cref="Popen.Communicate"/>: it goes on, and the
/// call may be repeated without losing anything. Python: <c>subprocess.TimeoutExpired</c>, which is no subclass of its
/// TimeoutError; here it is a <see cref="TimeoutException"/> as every other timeout. <b>Thread safety.</b> As any exception.
/// </remarks>
public sealed class TimeoutExpiredException : TimeoutException
{
    /// <summary>What a run that took too long throws; for a test, or a runner of one's own.</summary>
    /// <param name="cmd">What was run.</param>
    /// <param name="timeout">How long it was allowed to take.</param>
    /// <param name="stdout">What had come from standard output; null: it was not captured.</param>
    /// <param name="stderr">What had come from standard error; null: it was not captured.</param>
    public TimeoutExpiredException(
        CommandLine cmd, TimeSpan timeout, CapturedOutput? stdout = null, CapturedOutput? stderr = null)
        : this(
            cmd,
            new PopenOptions(),
            timeout,
            stdout ?? CapturedOutput.NotCaptured,
            stderr ?? CapturedOutput.NotCaptured,
            "it was stopped")
    {
    }

    internal TimeoutExpiredException(
        CommandLine cmd, PopenOptions options, TimeSpan timeout, CapturedOutput stdout, CapturedOutput stderr, string outcome)
        : base(FailureText.ForTimeout(cmd, options, timeout, stderr, outcome))
    {
        Cmd = cmd;
        Timeout = timeout;
        Stdout = stdout;
        Stderr = stderr;
    }

    /// <summary>What was run.</summary>
    public CommandLine Cmd { get; }

    /// <summary>How long it was allowed to take.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>What had come from standard output.</summary>
    public CapturedOutput Stdout { get; }

    /// <summary>What had come from standard error.</summary>
    public CapturedOutput Stderr { get; }
}
