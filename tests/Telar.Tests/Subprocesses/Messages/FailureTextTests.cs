using System.Text;
using Xunit;

namespace Telar.Tests.Subprocesses.Messages;

using Telar.Subprocesses;
using Telar.Subprocesses.Messages;

public class FailureTextTests
{
    private static readonly CommandLine s_push = ["git", "push"];

    [Fact(Timeout = 120_000)]
    public void AFailedRun_IsOneLine_AndTheEndOfStandardError()
    {
        CalledProcessException failure = Fails(Ended(s_push, 128, stdout: "noise\n", stderr: "one\ntwo\r\n\n"));

        Assert.Equal("`git push` failed: return code 128 after 3.2 s.\nStandard error ended with:\n    one\n    two", failure.Message);
        Assert.Equal((s_push, 128, Signal.None, "noise\n"), (failure.Cmd, failure.ReturnCode, failure.Signal, failure.Stdout.Text));
    }

    [Fact(Timeout = 120_000)]
    public void AFailedRun_SilentOnStandardError_ShowsStandardOutput_AndNothingWhenThereIsNothing()
    {
        Assert.EndsWith("Standard output ended with:\n    noise", Fails(Ended(s_push, 1, stdout: "noise\n", stderr: " \n")).Message, StringComparison.Ordinal);
        Assert.Equal("`git push` failed: return code 1 after 3.2 s.", Fails(Ended(s_push, 1)).Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(-9, "failed: killed by SIGKILL after 3.2 s (if nobody sent it: memory ran out).")]
    [InlineData(-11, "failed: killed by SIGSEGV after 3.2 s (the program used memory that is not its own).")]
    [InlineData(-15, "failed: killed by SIGTERM after 3.2 s.")]
    [InlineData(127, "failed: return code 127 after 3.2 s (as a shell would say: program not found).")]
    [InlineData(3, "failed: return code 3 after 3.2 s.")]
    public void AReturnCode_IsExplained(int code, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are POSIX.");

        Assert.Equal("`git push` " + expected, Fails(Ended(s_push, code)).Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(126, " (the shell says: found, but not an executable program, or no permission)")]
    [InlineData(127, " (the shell says: program not found)")]
    [InlineData(134, " (the shell says: a program was killed by SIGABRT)")]
    [InlineData(137, " (the shell says: a program was killed by SIGKILL)")]
    [InlineData(143, " (the shell says: a program was killed by SIGTERM)")]
    [InlineData(128, "")]
    [InlineData(255, "")]
    public void ACodeOfAShell_IsToldAsWhatTheShellSays(int code, string hint)
    {
        Assert.Equal(hint, ReturnCodeText.Hint(CommandLine.Shell("x"), code, isWindows: false));
        Assert.Equal(hint, ReturnCodeText.Hint(["/bin/bash", "-c", "x"], code, isWindows: false));
    }

    [Fact(Timeout = 120_000)]
    public void ACodeOfWindows_IsHexadecimal_WithItsMeaning()
    {
        Assert.Equal("return code 0xC0000005 (access to memory that is not its own)", ReturnCodeText.Of(unchecked((int)0xC0000005), isWindows: true));
        Assert.Equal("return code 0xFFFFFFFF", ReturnCodeText.Of(-1, isWindows: true));
        Assert.Equal("", ReturnCodeText.Hint(s_push, 137, isWindows: true));
        Assert.Equal("its return code was lost (other code in this process reaped it)", ReturnCodeText.Of(Subprocess.LostReturnCode, isWindows: false));
    }

    [Fact(Timeout = 120_000)]
    public void ALongOutput_IsCutToItsEnd()
    {
        string stderr = string.Concat(Enumerable.Range(1, 5000).Select(i => $"line {i}\n"));
        string message = Fails(Ended(s_push, 1, stderr: stderr)).Message;
        string oneLine = Fails(Ended(s_push, 1, stderr: new string('x', 50_000) + "end")).Message;

        Assert.Equal(12, message.Split('\n').Length);
        Assert.EndsWith("\n    line 4999\n    line 5000", message, StringComparison.Ordinal);
        Assert.EndsWith("xxxend", oneLine, StringComparison.Ordinal);
        Assert.InRange(oneLine.Length, 1000, 1200);
    }

    [Fact(Timeout = 120_000)]
    public void AnOutputInAnyEncodingAndWithColours_IsReadable()
    {
        RunOptions utf16 = new() { Encoding = Encoding.Unicode };
        string longText = new string('ä', 20_001) + "\nfatal: ö\n";

        Assert.EndsWith("\n    fatal: ö", Fails(Ended(s_push, 1, stderr: longText, options: utf16)).Message, StringComparison.Ordinal);
        Assert.EndsWith("\n    red\tand bell", Fails(Ended(s_push, 1, stderr: "\e[1;31mred\e[0m\tand bell\a\n")).Message, StringComparison.Ordinal);
        Assert.EndsWith("\n    50 %\n    100 %", Fails(Ended(s_push, 1, stderr: "50 %\r100 %\r")).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void ALongCommand_IsShortenedInTheMiddle_AndOnOneLine()
    {
        string message = Fails(Ended(["cp", .. Enumerable.Range(0, 1000).Select(i => $"file{i}"), "target"], 1)).Message;

        Assert.StartsWith("`cp file0 file1 ", message, StringComparison.Ordinal);
        Assert.Contains(" ... ", message, StringComparison.Ordinal);
        Assert.Contains(" file999 target` failed", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 200, 260);
        Assert.StartsWith("`a\\nb` failed", Fails(Ended(CommandLine.Shell("a\r\nb\n"), 1)).Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0.0004, "0.4 ms")]
    [InlineData(0.0454, "45 ms")]
    [InlineData(3.24, "3.2 s")]
    [InlineData(723, "12 min 3 s")]
    [InlineData(97_320, "27 h 2 min")]
    public void ADuration_IsAsPeopleSayIt(double seconds, string expected) =>
        Assert.Equal(expected, FailureText.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact(Timeout = 120_000)]
    public void TimeoutsCancellationsAndOverflows_NameCommandAndOutcome()
    {
        RunOptions options = new() { MaxOutput = 10 };
        CapturedOutput stderr = new(Encoding.UTF8.GetBytes("waiting for lock\n"), options);

        Assert.Equal(
            "`git push` did not end within 30 s; it was killed.\nStandard error ended with:\n    waiting for lock",
            FailureText.ForTimeout(s_push, options, TimeSpan.FromSeconds(30), stderr, "it was killed"));
        Assert.Equal(
            "`git push` was cancelled; it was killed.",
            FailureText.ForCancellation(s_push, options, "it was killed"));
        Assert.StartsWith("`git push` wrote more than 10 bytes to standard output", FailureText.ForOverflow(s_push, options, "standard output"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void MoreOutputThanCanBeCaptured_IsSaidWithTheNumber_AndWithAdviceThatHelps()
    {
        string unlimited = FailureText.ForOverflow(s_push, new RunOptions(), "standard error");
        string limited = FailureText.ForOverflow(s_push, new RunOptions { MaxOutput = long.MaxValue }, "standard error");

        Assert.StartsWith("`git push` wrote more than 2147483591 bytes to standard error, which is all", unlimited, StringComparison.Ordinal);
        Assert.DoesNotContain("Raise", unlimited + limited, StringComparison.Ordinal);
    }

    internal static CompletedProcess Ended(
        CommandLine command, int code, string? stdout = null, string? stderr = null, RunOptions? options = null)
    {
        options ??= new RunOptions();
        return new CompletedProcess(command, code, Captured(stdout), Captured(stderr), options) { Elapsed = TimeSpan.FromSeconds(3.2) };

        CapturedOutput? Captured(string? text) => text is null ? null : CapturedOutput.FromText(text, options);
    }

    internal static CalledProcessException Fails(CompletedProcess process) =>
        Assert.Throws<CalledProcessException>(() => process.CheckReturnCode());
}
