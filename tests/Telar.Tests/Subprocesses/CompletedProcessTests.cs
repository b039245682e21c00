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
