using Xunit;

namespace Telar.Tests.Subprocesses;

using Telar.Subprocesses;

/// <summary>The examples of the chapter, over real programs: what the reference page shows under "Instead of older functions".</summary>
public class RecipeTests
{
    private const int Limit = 60_000;

    public RecipeTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Runs programs of Linux.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public void RunLs_AndItsFailure()
    {
        string directory = Directory.CreateTempSubdirectory("telar-recipe").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "a file"), "");

            CompletedProcess list = Subprocess.Run(["ls", "-1"], captureOutput: true, cwd: directory, cancellationToken: Token);
            CalledProcessException failure = Assert.Throws<CalledProcessException>(() => Subprocess.Run(
                ["ls", "--no-such-option"], captureOutput: true, check: true, cancellationToken: Token));

            Assert.Equal(["a file"], list.Stdout.Lines);
            Assert.Equal((2, "", "ls"), (failure.ReturnCode, failure.Stdout.Text, failure.Cmd.FileName));
            Assert.Contains("`ls --no-such-option` failed: return code 2 after ", failure.Message, StringComparison.Ordinal);
            Assert.Contains(failure.Stderr.Lines.First(), failure.Message, StringComparison.Ordinal);
            _ = Assert.IsAssignableFrom<SubprocessException>(failure);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact(Timeout = Limit)]
    public void ShellSubstitution_IsCheckOutput() =>
        Assert.Equal("an argument", Subprocess.CheckOutput(["echo", "an argument"], cancellationToken: Token).Text.TrimEnd('\n'));

    [Fact(Timeout = Limit)]
    public void OsSystem_IsCallOfAShell_WithSignalsAsNegativeCodes()
    {
        Assert.Equal(3, Subprocess.Call(CommandLine.Shell("exit 3"), cancellationToken: Token));
        Assert.Equal(-15, Subprocess.Call(CommandLine.Shell("kill -TERM $$"), cancellationToken: Token));
        Assert.Equal(127, Subprocess.Call(CommandLine.Shell("telar-no-such-program 2>/dev/null"), cancellationToken: Token));
    }

    [Fact(Timeout = Limit)]
    public void OsSpawn_IsPopenOrCall_WithItsEnvironment()
    {
        using var child = new Popen(["/bin/sh", "-c", "exit 4"]);
        CompletedProcess alone = Subprocess.Run(
            ["/usr/bin/env"],
            new RunOptions { Env = new Dictionary<string, string> { ["ONLY"] = "this" }, CaptureOutput = true },
            Token);

        Assert.True(child.Pid > 0);
        Assert.Equal(4, child.Wait(cancellationToken: Token));
        Assert.Equal(5, Subprocess.Call(["/bin/sh", "-c", "exit 5"], cancellationToken: Token));
        Assert.Equal(["ONLY=this"], alone.Stdout.Lines.Where(line => !line.StartsWith("TELAR_JOB=", StringComparison.Ordinal)));
    }

    [Fact(Timeout = Limit)]
    public void OsPopen_IsPopenWithAPipe_WhoseCloseTellsTheCode()
    {
        using var pipe = new Popen(CommandLine.Shell("read line; test \"$line\" = text"), new PopenOptions { Stdin = Stdio.Pipe });

        pipe.StdinText!.WriteLine("text"); // a pipe, so not null
        pipe.Stdin!.Close(); // as above

        Assert.Equal(0, pipe.Wait(cancellationToken: Token));
    }

    [Fact(Timeout = Limit)]
    public void Popen2_IsPopenWithTwoPipes()
    {
        using var both = new Popen(["cat"], new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe });

        both.StdinText!.WriteLine("there and back"); // a pipe, so not null

        Assert.Equal("there and back", both.StdoutText!.ReadLine()); // as above
    }

    [Fact(Timeout = Limit)]
    public void LegacyShell_MergesStandardError_AndTellsTheCode()
    {
        (int status, string output) = Subprocess.GetStatusOutput("echo out; echo err >&2; exit 1", cancellationToken: Token);

        Assert.Equal((1, "out\nerr"), (status, output));
        Assert.Equal("a b; id", Subprocess.GetOutput($"echo {"a b; id"}", cancellationToken: Token));
    }

    [Fact(Timeout = Limit)]
    public void CommunicateWithATimeout_ThenKill_ThenTheRest()
    {
        using var child = new Popen(["sh", "-c", "echo begun; exec sleep 1000"], new PopenOptions { Stdout = Stdio.Pipe });
        Assert.Equal("begun", child.StdoutText!.ReadLine()); // a pipe, so not null

        TimeoutExpiredException late = Assert.Throws<TimeoutExpiredException>(
            () => child.Communicate(timeout: TimeSpan.Zero, cancellationToken: Token));
        child.Kill();
        (CapturedOutput output, CapturedOutput errors) = child.Communicate(cancellationToken: Token);

        Assert.Equal((TimeSpan.Zero, -9, true, false), (late.Timeout, child.ReturnCode, output.IsCaptured, errors.IsCaptured));
    }

    [Fact(Timeout = Limit)]
    public void OlderFunctions_TreatOptionsAsRunDoes()
    {
        var options = new RunOptions { Cwd = "/", Input = "from here", Timeout = TimeSpan.FromSeconds(30) };

        Assert.Equal("/\nfrom here", Subprocess.CheckOutput(["sh", "-c", "pwd; cat"], options, Token).Text);
        Assert.Equal(0, Subprocess.CheckCall(["true"], cancellationToken: Token));
        Assert.Throws<CalledProcessException>(() => Subprocess.CheckCall(["false"], cancellationToken: Token));
    }
}
