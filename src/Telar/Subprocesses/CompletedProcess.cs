namespace Telar.Subprocesses;

/// <summary>A child that has been run to its end.</summary>
/// <remarks>Python: <c>subprocess.CompletedProcess</c>. <b>Thread safety.</b> Immutable.</remarks>
public sealed class CompletedProcess
{
    private static readonly PopenOptions s_defaultOptions = new();

    /// <summary>The end of a child as a test, or a runner of one's own, makes it up.</summary>
    /// <param name="args">What was run.</param>
    /// <param name="returnCode">The exit code; -n when signal n killed the child.</param>
    /// <param name="stdout">What came from standard output; null: it was not captured.</param>
    /// <param name="stderr">What came from standard error; null: it was not captured.</param>
    /// <param name="options">With what it was run: what is a success, and what is a secret. Null for all defaults.</param>
    public CompletedProcess(
        CommandLine args,
        int returnCode,
        CapturedOutput? stdout = null,
        CapturedOutput? stderr = null,
        PopenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        Args = args;
        ReturnCode = returnCode;
        Stdout = stdout ?? CapturedOutput.NotCaptured;
        Stderr = stderr ?? CapturedOutput.NotCaptured;
        Options = options ?? s_defaultOptions;
    }

    /// <summary>What was run.</summary>
    public CommandLine Args { get; }

    /// <summary>The number that the child had; 0 when none was started.</summary>
    public int ProcessId { get; init; }

    /// <summary>
    /// The exit code; -n when signal n killed the child; <see cref="Subprocess.LostReturnCode"/> when nobody knows.
    /// </summary>
    public int ReturnCode { get; }

    /// <summary>The signal that killed the child, or <see cref="Signal.None"/>.</summary>
    public Signal Signal => ReturnCode is < 0 and > Subprocess.LostReturnCode && !OperatingSystem.IsWindows() ? (Signal)(-ReturnCode) : Signal.None;

    /// <summary>Whether <see cref="PopenOptions.IsSuccess"/> says so; without it, whether the return code is 0.</summary>
    public bool IsSuccess => Options.IsSuccess?.Invoke(ReturnCode) ?? ReturnCode == 0;

    /// <summary>What came from standard output.</summary>
    public CapturedOutput Stdout { get; }

    /// <summary>What came from standard error.</summary>
    public CapturedOutput Stderr { get; }

    /// <summary>From the start to the end of the child.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>What it used; null when the system does not tell.</summary>
    public ResourceUsage? Usage { get; init; }

    /// <summary>With what it was run.</summary>
    internal PopenOptions Options { get; }

    /// <summary>Says it: <c>`git push` ended: return code 1 after 3.2 s</c>, without secrets.</summary>
    /// <returns>The words.</returns>
    public override string ToString() => FailureText.ForDisplay(this);

    /// <summary>Refuses a return code that is no success.</summary>
    /// <returns>This object.</returns>
    /// <exception cref="CalledProcessException">The return code is no success.</exception>
    public CompletedProcess CheckReturnCode() =>
        IsSuccess ? this : throw new CalledProcessException(this);
}
