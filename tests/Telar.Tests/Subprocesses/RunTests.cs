using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses;

public class RunTests
{
    private const int Limit = 60_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public void Run_WhenOutputIsCaptured_ReturnsBothStreamsAndTheCode()
    {
        CompletedProcess run = Subprocess.Run(["sh", "-c", "echo out; echo err >&2; exit 3"], captureOutput: true, cancellationToken: Token);

        Assert.Equal(3, run.ReturnCode);
        Assert.Equal("out\n", run.Stdout.Text);
        Assert.Equal("err\n", run.Stderr.Text);
        Assert.False(run.IsSuccess);
    }

    [Fact(Timeout = Limit)]
    public async Task RunAsync_WhenOutputIsCaptured_ReturnsBothStreamsAndTheCode()
    {
        CompletedProcess run = await Subprocess.RunAsync(
            ["sh", "-c", "echo out; echo err >&2; exit 3"], captureOutput: true, cancellationToken: Token);

        Assert.Equal(3, run.ReturnCode);
        Assert.Equal("out\n", run.Stdout.Text);
        Assert.Equal("err\n", run.Stderr.Text);
    }

    [Fact(Timeout = Limit)]
    public void Run_WhenInputAndOutputAreLarge_ExchangesBoth()
    {
        byte[] input = new byte[8 * 1024 * 1024];
        Random.Shared.NextBytes(input);

        CompletedProcess run = Subprocess.Run("cat", captureOutput: true, input: input, cancellationToken: Token);

        Assert.True(run.Stdout.Bytes.Span.SequenceEqual(input));
    }

    [Fact(Timeout = Limit)]
    public async Task RunAsync_WhenInputAndOutputAreLarge_ExchangesBoth()
    {
        byte[] input = new byte[8 * 1024 * 1024];
        Random.Shared.NextBytes(input);

        CompletedProcess run = await Subprocess.RunAsync("cat", captureOutput: true, input: input, cancellationToken: Token);

        Assert.True(run.Stdout.Bytes.Span.SequenceEqual(input));
    }

    [Fact(Timeout = Limit)]
    public void Run_WhenTheTimeIsUp_StopsTheChildAndTellsWhatItHadWritten()
    {
        TimeoutExpiredException e = Assert.Throws<TimeoutExpiredException>(() => Subprocess.Run(
            ["sh", "-c", "echo begun; exec sleep 1000"], captureOutput: true, timeout: TimeSpan.FromSeconds(0.5), cancellationToken: Token));

        Assert.Equal("begun\n", e.Stdout.Text);
        Assert.Contains("it ended after SIGTERM", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task RunAsync_WhenTheTimeIsUp_StopsTheChildAndTellsWhatItHadWritten()
    {
        TimeoutExpiredException e = await Assert.ThrowsAsync<TimeoutExpiredException>(() => Subprocess.RunAsync(
            ["sh", "-c", "echo begun; exec sleep 1000"], captureOutput: true, timeout: TimeSpan.FromSeconds(0.5), cancellationToken: Token));

        Assert.Equal("begun\n", e.Stdout.Text);
        Assert.Contains("it ended after SIGTERM", e.Message, StringComparison.Ordinal);
    }
}
