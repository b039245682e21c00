namespace Telar.Subprocesses;

/// <summary>A child that has been run to its end.</summary>
/// <remarks>Python: <c>subprocess.CompletedProcess</c>. <b>Thread safety.</b> Immutable.</remarks>
public sealed class CompletedProcess
{
    private readonly PopenOptions _options;

    internal CompletedProcess(
        CommandLine args,
        PopenOptions options,
        int processId,
        int returnCode,
        CapturedOutput stdout,
        CapturedOutput stderr,
        TimeSpan elapsed,
        ResourceUsage? usage)
    {
        Args = args;
        _options = options;
        ProcessId = processId;
        ReturnCode = returnCode;
        Stdout = stdout;
        Stderr = stderr;
        Elapsed = elapsed;
        Usage = usage;
    }

    /// <summary>What was run.</summary>
    public CommandLine Args { get; }

    /// <summary>The number that the child had.</summary>
    public int ProcessId { get; }

    /// <summary>
    /// The exit code; -n when signal n killed the child; <see cref="Subprocess.LostReturnCode"/> when nobody knows.
    /// </summary>
    public int ReturnCode { get; }

    /// <summary>The signal that killed the child, or <see cref="Signal.None"/>.</summary>
    public Signal Signal => ReturnCode is < 0 and > Subprocess.LostReturnCode && !OperatingSystem.IsWindows() ? (Signal)(-ReturnCode) : Signal.None;

    /// <summary>Whether <see cref="PopenOptions.IsSuccess"/> says so; without it, whether the return code is 0.</summary>
    public bool IsSuccess => _options.IsSuccess?.Invoke(ReturnCode) ?? ReturnCode == 0;

    /// <summary>What came from standard output.</summary>
    public CapturedOutput Stdout { get; }

    /// <summary>What came from standard error.</summary>
    public CapturedOutput Stderr { get; }

    /// <summary>From the start to the end of the child.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>What it used; null when the system does not tell.</summary>
    public ResourceUsage? Usage { get; }

    /// <summary>Says it: <c>`git push` ended: return code 1 after 3.2 s</c>, without secrets.</summary>
    /// <returns>The words.</returns>
    public override string ToString() => FailureText.ForDisplay(this, _options);

    /// <summary>Refuses a return code that is no success.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="CalledProcessException">The return code is no success.</exception>
    public CompletedProcess CheckReturnCode() =>
        IsSuccess ? this : throw new CalledProcessException(this, _options);
}
