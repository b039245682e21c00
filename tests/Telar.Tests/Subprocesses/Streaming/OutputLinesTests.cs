using Telar.Subprocesses;
using Telar.Subprocesses.Output;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Subprocesses.Streaming;

/// <summary>Lines as they come. Seen red with: a queue without a limit; a loop that is left without a stop.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class OutputLinesTests : NothingLeftBehind
{
    private const int Limit = 60_000;

    private static readonly CommandLine s_endless = "yes";

    [Fact(Timeout = Limit)]
    public async Task Stream_GivesTheLinesOfBothStreamsAndThenTheEnd()
    {
        OutputLines lines = Subprocess.Stream(
            CommandLine.Shell("for i in 1 2 3; do echo o$i; echo e$i >&2; done; printf last; exit 4"), cancellationToken: Token);
        var seen = new List<OutputLine>();

        await foreach (OutputLine line in lines)
        {
            seen.Add(line);
        }

        Assert.Equal(["o1", "o2", "o3", "last"], Of(OutputSource.Stdout));
        Assert.Equal(["e1", "e2", "e3"], Of(OutputSource.Stderr));
        CompletedProcess end = await lines.Completion;
        Assert.Equal(4, end.ReturnCode);
        Assert.False(end.Stdout.IsCaptured);

        IEnumerable<string> Of(OutputSource source) => seen.Where(line => line.Source == source).Select(line => line.Text);
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_OfManyLines_LosesNone()
    {
        int next = 1;
        await foreach (OutputLine line in Subprocess.Stream(["seq", "1", "300000"], cancellationToken: Token))
        {
            Assert.Equal(next++.ToString(System.Globalization.CultureInfo.InvariantCulture), line.ToString());
        }

        Assert.Equal(300_001, next);
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_WithACarriageReturn_GivesTheLineWhileTheChildGoesOn()
    {
        OutputLines lines = Subprocess.Stream(CommandLine.Shell("printf '50 %%\\r'; exec sleep 1000"), cancellationToken: Token);

        await foreach (OutputLine line in lines)
        {
            Assert.Equal("50 %", line.Text);
            break;
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_WhenTheLoopIsLeft_StopsTheChild()
    {
        OutputLines lines = Subprocess.Stream(s_endless, cancellationToken: Token);
        int count = 0;

        await foreach (OutputLine line in lines)
        {
            if (++count == 3)
            {
                break;
            }
        }

        Assert.Empty(Children.Mine());
        await Assert.ThrowsAsync<SubprocessCanceledException>(() => lines.Completion);
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_WhenTheLoopThrows_StopsTheChild()
    {
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (OutputLine line in Subprocess.Stream(s_endless, cancellationToken: Token))
            {
                throw new FormatException(line.Text);
            }
        });

        Assert.Empty(Children.Mine());
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_WhenCancelled_StopsTheChildAndThrows()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        OutputLines lines = Subprocess.Stream(s_endless, cancellationToken: Token);

        await Assert.ThrowsAsync<SubprocessCanceledException>(async () =>
        {
            await foreach (OutputLine line in lines.WithCancellation(cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });

        Assert.Empty(Children.Mine());
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_WhenTheTimeIsUp_StopsTheChildAndThrows()
    {
        var options = new RunOptions { Timeout = TimeSpan.FromSeconds(0.5) };

        await Assert.ThrowsAsync<TimeoutExpiredException>(async () =>
        {
            await foreach (OutputLine line in Subprocess.Stream(s_endless, options, Token))
            {
            }
        });

        Assert.Empty(Children.Mine());
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_WithCheck_ThrowsAfterTheLastLine()
    {
        var seen = new List<string>();
        OutputLines lines = Subprocess.Stream(
            CommandLine.Shell("echo one; exit 3"), new RunOptions { Check = true }, Token);

        await Assert.ThrowsAsync<CalledProcessException>(async () =>
        {
            await foreach (OutputLine line in lines)
            {
                seen.Add(line.Text);
            }
        });

        Assert.Equal(["one"], seen);
        await Assert.ThrowsAsync<CalledProcessException>(() => lines.Completion);
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_OfAProgramThatIsNotThere_ThrowsInTheLoop()
    {
        OutputLines lines = Subprocess.Stream("/no/such/program", cancellationToken: Token);

        await Assert.ThrowsAsync<FileNotFoundException>(async () =>
        {
            await foreach (OutputLine line in lines)
            {
            }
        });
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_WithCapture_KeepsTheOutputToo()
    {
        OutputLines lines = Subprocess.Stream(
            CommandLine.Shell("echo out; echo err >&2"), new RunOptions { CaptureOutput = true }, Token);
        int count = 0;

        await foreach (OutputLine line in lines)
        {
            count++;
        }

        CompletedProcess end = await lines.Completion;
        Assert.Equal((2, "out\n", "err\n"), (count, end.Stdout.Text, end.Stderr.Text));
    }

    [Fact(Timeout = Limit)]
    public async Task Stream_WithInputAndMergedStreams_KeepsTheOrder()
    {
        var options = new RunOptions { Input = "a\nb\n", Stderr = Stdio.Stdout };
        var seen = new List<string>();

        await foreach (OutputLine line in Subprocess.Stream(
            CommandLine.Shell("while read -r x; do echo $x; echo $x >&2; done"), options, Token))
        {
            seen.Add(line.Text);
        }

        Assert.Equal(["a", "a", "b", "b"], seen);
    }

    [Fact(Timeout = Limit)]
    public async Task GetAsyncEnumerator_ASecondTime_IsRefused()
    {
        OutputLines lines = Subprocess.Stream("true", cancellationToken: Token);
        await using IAsyncEnumerator<OutputLine> first = lines.GetAsyncEnumerator(Token);

        Assert.Throws<InvalidOperationException>(() => lines.GetAsyncEnumerator(Token));
        Assert.False(await first.MoveNextAsync());
    }

    [Fact(Timeout = Limit)]
    public Task ReadLines_GivesTheLinesAndStopsWhenTheLoopIsLeft()
    {
        Assert.Equal(["1", "2", "3"], Subprocess.ReadLines(["seq", "1", "3"], cancellationToken: Token));
        Assert.Equal("y", Subprocess.ReadLines(s_endless, cancellationToken: Token).First());
        Assert.Empty(Children.Mine());
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task PutAsync_WhenNobodyTakes_WaitsAfterSomeLines()
    {
        using var queue = new LineQueue();
        int count = 0;
        ValueTask put;
        while ((put = queue.PutAsync(new OutputLine(OutputSource.Stdout, "x"))).IsCompleted)
        {
            Assert.True(++count < 100_000, "The queue takes any number of lines.");
        }

        await using IAsyncEnumerator<OutputLine> taken = queue.TakeAsync().GetAsyncEnumerator(Token);
        Assert.True(await taken.MoveNextAsync());
        await put;
        Task blocked = queue.PutAsync(new OutputLine(OutputSource.Stdout, "y")).AsTask();
        Assert.False(blocked.IsCompleted);
        queue.Abandon();
        await blocked;
    }
}
