using Telar.Subprocesses;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Subprocesses;

/// <summary>What is known of a child after its end, or after it was stopped.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class CompletedProcessTests : NothingLeftBehind
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public Task Members_OfAnEndedChild_TellWhatWasRunAndHowItEnded()
    {
        CommandLine command = CommandLine.Shell("echo out; echo err >&2; exit 3");

        CompletedProcess process = Subprocess.Run(command, captureOutput: true, cancellationToken: Token);

        Assert.Same(command, process.Args);
        Assert.Equal((3, "out\n", "err\n"), (process.ReturnCode, process.Stdout.Text, process.Stderr.Text));
        Assert.Equal((Signal.None, false), (process.Signal, process.IsSuccess));
        Assert.True(process.Elapsed > TimeSpan.Zero);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Members_OfAKilledChild_TellTheSignal()
    {
        CompletedProcess process = Subprocess.Run(CommandLine.Shell("kill -15 $$"), captureOutput: true, cancellationToken: Token);

        Assert.Equal((-15, Signal.SIGTERM), (process.ReturnCode, process.Signal));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task CheckReturnCode_ThrowsOnlyForWhatIsNoSuccess()
    {
        CompletedProcess good = Subprocess.Run("true", cancellationToken: Token);
        CompletedProcess allowed = Subprocess.Run("false", new RunOptions { IsSuccess = code => code == 1 }, Token);
        CompletedProcess bad = Subprocess.Run("false", cancellationToken: Token);

        Assert.Same(good, good.CheckReturnCode());
        Assert.Same(allowed, allowed.CheckReturnCode());
        Assert.Same(bad, Assert.Throws<CalledProcessException>(() => bad.CheckReturnCode()).Process);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task AMadeUpEnd_IsAsThatOfARealChild()
    {
        CompletedProcess killed = new(["git", "push"], -9, "out", stderr: "fatal: no\n");
        CompletedProcess allowed = new(["grep", "x"], 1, options: new PopenOptions { IsSuccess = code => code <= 1 }) { ProcessId = 5 };
        CapturedOutput latin = CapturedOutput.FromText("\u00e9", new PopenOptions { Encoding = System.Text.Encoding.Latin1 });

        Assert.Equal((Signal.SIGKILL, false, "out", 0), (killed.Signal, killed.IsSuccess, killed.Stdout.Text, killed.ProcessId));
        Assert.EndsWith("    fatal: no", Assert.Throws<CalledProcessException>(killed.CheckReturnCode).Message, StringComparison.Ordinal);
        Assert.Equal((true, false, 5), (allowed.IsSuccess, allowed.Stdout.IsCaptured, allowed.ProcessId));
        Assert.Equal(new byte[] { 0xe9 }, latin.Bytes.ToArray());
        Assert.Equal("\u00e9", latin.Text);
        Assert.Equal("ab", ((CapturedOutput)"ab"u8.ToArray()).Text);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task AMadeUpFailure_SaysTheSameAsAReal()
    {
        CalledProcessException failed = new(new CompletedProcess(["git", "push"], 1, stderr: "fatal: no\n") { Elapsed = TimeSpan.FromSeconds(2) });
        TimeoutExpiredException late = new(["git", "push"], TimeSpan.FromSeconds(2), stderr: "waiting\n");

        Assert.Equal("`git push` failed: return code 1 after 2 s.\nStandard error ended with:\n    fatal: no", failed.Message);
        Assert.Equal("`git push` did not end within 2 s; it was stopped.\nStandard error ended with:\n    waiting", late.Message);
        Assert.Equal((TimeSpan.FromSeconds(2), "waiting\n", false), (late.Timeout, late.Stderr.Text, late.Stdout.IsCaptured));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task AMadeUpPipeline_JudgesItsStages_AndNeedsAnEndForEach()
    {
        Pipeline pipeline = Pipeline.Create(["git", "log"], ["sort"]);
        CompletedProcess[] stages = [new(["git", "log"], 128), new(["sort"], 0, "sorted")];

        CompletedPipeline made = new(pipeline, stages) { Elapsed = TimeSpan.FromSeconds(1) };

        Assert.Equal((128, 0, "sorted", false), (made.ReturnCode, made.FailedStage, made.Stdout.Text, made.IsSuccess));
        Assert.True(new CompletedPipeline(pipeline.WithPipeFail(PipeFail.Last), stages).IsSuccess);
        Assert.Contains("`git log | sort`", Assert.Throws<ArgumentException>(() => new CompletedPipeline(pipeline, stages[..1])).Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task TimeoutExpired_HasWhatTheChildHadWritten()
    {
        CommandLine command = CommandLine.Shell("echo out; echo err >&2; exec sleep 1000");
        TimeSpan timeout = TimeSpan.FromSeconds(1);

        var sync = Assert.Throws<TimeoutExpiredException>(
            () => Subprocess.Run(command, captureOutput: true, timeout: timeout, cancellationToken: Token));
        var async = await Assert.ThrowsAsync<TimeoutExpiredException>(
            () => Subprocess.RunAsync(command, captureOutput: true, timeout: timeout, cancellationToken: Token));

        Assert.All([sync, async], error =>
        {
            Assert.Same(command, error.Cmd);
            Assert.Equal((timeout, "out\n", "err\n"), (error.Timeout, error.Stdout.Text, error.Stderr.Text));
        });
    }
}
