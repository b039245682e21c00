using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses;

/// <summary>Exchanges with a child that goes on. Seen red with: a new one after each timeout; several at a time.</summary>
public class CommunicateTests
{
    private const int Limit = 60_000;

    private static readonly PopenOptions s_pipes = new() { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe, Stderr = Stdio.Pipe };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Communicate_AfterATimeout_GoesOnWithoutALoss(bool isAsync, bool goesOnAsync)
    {
        string gate = Path.Combine(Path.GetTempPath(), $"telar-{Guid.NewGuid():N}");
        try
        {
            byte[] input = new byte[1_000_000];
            new Random(5).NextBytes(input);
            await using var child = new Popen(
                Runs.Sh($"head -c 300000; while [ ! -e {gate} ]; do sleep 0.01; done; cat; echo end >&2"), s_pipes);

            TimeoutExpiredException e = await Assert.ThrowsAsync<TimeoutExpiredException>(
                () => Runs.Communicate(isAsync, child, input, TimeSpan.FromMilliseconds(300), Token));
            Assert.True(input.AsSpan().StartsWith(e.Stdout.Bytes.Span));
            await Assert.ThrowsAsync<TimeoutExpiredException>(
                () => Runs.Communicate(goesOnAsync, child, null, TimeSpan.Zero, Token));
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => Runs.Communicate(isAsync, child, "more", null, Token));
            Assert.False(child.HasExited);
            File.WriteAllText(gate, "");
            (CapturedOutput stdout, CapturedOutput stderr) = await Runs.Communicate(goesOnAsync, child, null, null, Token);

            Assert.True(stdout.Bytes.Span.SequenceEqual(input), $"{stdout.Bytes.Length} bytes");
            Assert.Equal("end\n", stderr.Text);
            Assert.True((await Runs.Communicate(isAsync, child, null, null, Token)).Stdout.Bytes.Span.SequenceEqual(input));
        }
        finally
        {
            File.Delete(gate);
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Communicate_WhenCancelled_LeavesTheChild(bool isAsync)
    {
        await using var child = new Popen(Runs.Sh("echo one; cat; echo two"), s_pipes);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var input = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            await input.Task;
            yield return "in\n"u8.ToArray();
        }

        SubprocessCanceledException e = await Assert.ThrowsAsync<SubprocessCanceledException>(
            () => Runs.Communicate(isAsync, child, Input.FromPieces(Pieces()), null, cancel.Token));
        Assert.Contains("it goes on", e.Message, StringComparison.Ordinal);
        input.SetResult();

        Assert.Equal("one\nin\ntwo\n", (await Runs.Communicate(isAsync, child, null, null, Token)).Stdout.Text);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Communicate_WhileAnotherIsUnderWay_IsRefused(bool isAsync)
    {
        await using var child = new Popen(Runs.Sh("echo; read x; echo"), new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe });
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, Token);
            yield break;
        }

        Task<(CapturedOutput Stdout, CapturedOutput Stderr)> first = Runs.Communicate(isAsync, child, Input.FromPieces(Pieces()), null, Token);
        await begun.Task.WaitAsync(Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Runs.Communicate(isAsync, child, null, null, Token));
        child.Kill();
        _ = await first;
        Assert.Equal(-9, child.ReturnCode);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_WhileCommunicateIsUnderWay_EndsIt(bool isAsync)
    {
        var child = new Popen(Runs.Sh("echo; sleep 1000"), s_pipes with { Stop = StopPolicy.Kill });
        Task<(CapturedOutput Stdout, CapturedOutput Stderr)> exchange = Runs.Communicate(isAsync, child, null, null, Token);

        await child.DisposeAsync();

        try
        {
            await exchange;
        }
        catch (ObjectDisposedException)
        {
        }

        Assert.Equal(-9, child.ReturnCode);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Communicate_AfterAConversation_HasWhatWasNotRead(bool isAsync)
    {
        await using var child = new Popen(Runs.Sh("printf 'one\\ntwo\\nthree '; cat"), s_pipes with { BufferSize = 1000 });
        Assert.Equal("one", child.StdoutText!.ReadLine());
        child.StdinText!.Write("written before, ");

        (CapturedOutput stdout, _) = await Runs.Communicate(isAsync, child, "and given", null, Token);

        Assert.Equal("two\nthree written before, and given", stdout.Text);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Communicate_OfStreamsThatTheUserHasClosed_SkipsThem(bool isAsync)
    {
        await using var child = new Popen(Runs.Sh("trap '' PIPE; cat >&2; echo lost 2>/dev/null; exit 3"), s_pipes);
        child.Stdout!.Dispose();
        child.Stdin!.Dispose();

        (_, CapturedOutput stderr) = await Runs.Communicate(isAsync, child, null, null, Token);

        Assert.Equal(("", 3), (stderr.Text, child.ReturnCode));
        child.Stderr!.Dispose();
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Communicate_WithoutPipes_WaitsAndSaysThatNothingWasCaptured(bool isAsync)
    {
        await using var child = new Popen(Runs.Sh("exit 2"), new PopenOptions { Stdin = Stdio.DevNull });

        await Assert.ThrowsAsync<InvalidOperationException>(() => Runs.Communicate(isAsync, child, "x", null, Token));
        (CapturedOutput stdout, CapturedOutput stderr) = await Runs.Communicate(isAsync, child, null, null, Token);

        Assert.Equal(2, child.ReturnCode);
        Assert.False(stdout.IsCaptured || stderr.IsCaptured);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Communicate_WithAChildThatIsDeadAlready_ReadsWhatItLeft(bool isAsync)
    {
        await using var child = new Popen(Runs.Sh("echo last; exit 1"), s_pipes);
        Assert.Equal(1, child.Wait(cancellationToken: Token));

        (CapturedOutput stdout, _) = await Runs.Communicate(isAsync, child, new byte[1_000_000], null, Token);

        Assert.Equal("last\n", stdout.Text);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Communicate_WhenTheChildIsKilledInTheMiddle_ReturnsWhatCame(bool isAsync)
    {
        await using var child = new Popen(Runs.Sh("echo $$; exec cat"), s_pipes);
        string id = child.StdoutText!.ReadLine()!;

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            yield return "in"u8.ToArray();
            await Subprocess.CallAsync(["kill", "-9", id], cancellationToken: Token);
            yield return new byte[1_000_000];
        }

        _ = await Runs.Communicate(isAsync, child, Input.FromPieces(Pieces()), null, Token);

        Assert.Equal(-9, child.ReturnCode);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Communicate_WithASlowStreamOfTheUser_LosesNothingAtATimeout(bool isAsync)
    {
        using var target = new GateStream();
        await using var child = new Popen(["echo", "text"], new PopenOptions { Stdout = Stdio.Stream(target) });

        if (isAsync)
        {
            // The asynchronous call returns although the stream does not.
            await child.WaitAsync(cancellationToken: Token);
            using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            await Assert.ThrowsAsync<SubprocessCanceledException>(() => child.CommunicateAsync(null, null, cancel.Token));
        }

        target.Open();
        _ = await Runs.Communicate(isAsync, child, null, null, Token);

        Assert.Equal("text\n"u8.ToArray(), target.Written);
    }

    // Its asynchronous writes wait until it is opened, whatever their token says.
    private sealed class GateStream : MemoryStream
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal byte[] Written => ToArray();

        internal void Open() => _open.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _open.Task.ConfigureAwait(false);
            Write(buffer.Span);
        }
    }
}
