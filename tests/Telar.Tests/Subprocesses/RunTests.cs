using System.Globalization;
using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses;

/// <summary>
/// Runs from the start to the end, in both forms. Seen red with: a grace that never ends, and one after which the pipe is not read; a
/// closed input as an error; output that is forgotten when the child is stopped.
/// </summary>
public class RunTests
{
    private const int Limit = 60_000;

    private static readonly RunOptions s_capture = new() { CaptureOutput = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenOutputIsCaptured_ReturnsBothStreamsAndTheCode(bool isAsync)
    {
        CompletedProcess run = await Runs.Run(isAsync, Runs.Sh("echo out; echo err >&2; exit 3"), s_capture, Token);

        Assert.Equal((3, "out\n", "err\n"), (run.ReturnCode, run.Stdout.Text, run.Stderr.Text));
        Assert.False(run.IsSuccess);
        Assert.True(run.Elapsed > TimeSpan.Zero);
        Assert.NotNull(run.Usage);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_InItsFlatForms_TakesTheCommonChoices()
    {
        CompletedProcess run = Subprocess.Run(
            ["sh", "-c", "cat; pwd"], captureOutput: true, check: true, timeout: TimeSpan.FromMinutes(1), input: "in\n", cwd: "/", Token);
        CompletedProcess same = await Subprocess.RunAsync(
            ["sh", "-c", "cat; pwd"], captureOutput: true, check: true, timeout: TimeSpan.FromMinutes(1), input: "in\n", cwd: "/", Token);

        Assert.Equal("in\n/\n", run.Stdout.Text);
        Assert.Equal("in\n/\n", same.Stdout.Text);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenAllStreamsAreLarge_ExchangesThemAtOnce(bool isAsync)
    {
        byte[] input = new byte[8 * 1024 * 1024];
        new Random(4).NextBytes(input);

        // Standard error first, while the input is still to be read: one after the other would block for ever.
        CompletedProcess run = await Runs.Run(
            isAsync, Runs.Sh("head -c 3000000 /dev/zero >&2; cat"), s_capture with { Input = input }, Token);

        Assert.True(run.Stdout.Bytes.Span.SequenceEqual(input));
        Assert.Equal(3_000_000, run.Stderr.Bytes.Length);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenTheTimeIsUp_StopsTheChildAndTellsWhatItHadWritten(bool isAsync)
    {
        TimeoutExpiredException e = await Assert.ThrowsAsync<TimeoutExpiredException>(() => Runs.Run(
            isAsync, Runs.Sh("echo begun; exec sleep 1000"), s_capture with { Timeout = TimeSpan.FromSeconds(0.5) }, Token));

        Assert.Equal("begun\n", e.Stdout.Text);
        Assert.Equal(Runs.Sh("echo begun; exec sleep 1000"), e.Cmd);
        Assert.Equal(TimeSpan.FromSeconds(0.5), e.Timeout);
        Assert.Contains("it ended after SIGTERM", e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenTheChildDoesNotFollow_ReadsWhatItSaysInTheGraceAndKillsIt(bool isAsync)
    {
        // More than a pipe holds: it would block in the grace if nobody read.
        const string Script = "trap 'head -c 200000 /dev/zero; echo asked' TERM; echo begun; while :; do sleep 0.05; done";
        RunOptions options = s_capture with
        {
            Timeout = TimeSpan.FromSeconds(0.5),
            Stop = new StopPolicy(Signal.SIGTERM, TimeSpan.FromSeconds(2)),
        };

        TimeoutExpiredException e = await Assert.ThrowsAsync<TimeoutExpiredException>(
            () => Runs.Run(isAsync, Runs.Sh(Script), options, Token));

        Assert.EndsWith("asked\n", e.Stdout.Text, StringComparison.Ordinal);
        Assert.Contains("did not follow SIGTERM within 2 s, and was killed by SIGKILL", e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenCancelled_StopsTheChildAndTellsWhatItHadWritten(bool isAsync)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        RunOptions options = new() { Stdout = Stdio.Tee(Stdio.Pipe, Stdio.Lines(_ => cancel.Cancel())), Stop = StopPolicy.Kill };

        SubprocessCanceledException e = await Assert.ThrowsAsync<SubprocessCanceledException>(
            () => Runs.Run(isAsync, Runs.Sh("echo begun; sleep 1000"), options, cancel.Token));

        Assert.Equal("begun\n", e.Stdout.Text);
        Assert.Equal(cancel.Token, e.CancellationToken);
        Assert.Contains("was cancelled; it was killed by SIGKILL", e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenCancelledBefore_StartsNothing(bool isAsync)
    {
        string file = Path.Combine(Path.GetTempPath(), $"telar-{Guid.NewGuid():N}");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Runs.Run(isAsync, ["touch", file], new RunOptions(), new CancellationToken(canceled: true)));

        Assert.False(File.Exists(file));
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenAGrandchildHoldsThePipe_ReturnsAfterTheGrace(bool isAsync)
    {
        CompletedProcess run = await Runs.Run(isAsync, Runs.Sh("sleep 1000 & echo $!"), s_capture, Token);

        Assert.Equal(0, run.ReturnCode);
        Assert.True(run.Stdout.IsHeld);
        Subprocess.Call(["kill", run.Stdout.Text.Trim()], cancellationToken: Token);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WithoutAnyGrace_ReadsWhatIsThere(bool isAsync)
    {
        CompletedProcess run = await Runs.Run(
            isAsync, Runs.Sh("sleep 1000 & echo $!; head -c 60000 /dev/zero"), s_capture with { PipeGrace = TimeSpan.Zero }, Token);
        CompletedProcess ended = await Runs.Run(isAsync, ["echo", "x"], s_capture with { PipeGrace = TimeSpan.Zero }, Token);

        Assert.True(run.Stdout.IsHeld);
        Assert.True(run.Stdout.Bytes.Length > 60_000, $"{run.Stdout.Bytes.Length} bytes");
        Assert.False(ended.Stdout.IsHeld && !isAsync, "The pipe was at its end.");
        Subprocess.Call(["kill", run.Stdout.Text[..run.Stdout.Text.IndexOf('\n')]], cancellationToken: Token);
    }

    // The child is gone, with far more in the pipe than one read takes, before the second read.
    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Communicate_WithoutAnyGrace_ReadsAllThatIsInTheHeldPipe(bool isAsync)
    {
        Popen? child = null;
        Stdio waitsForTheEnd = Stdio.Lines(_ => SpinWait.SpinUntil(() => child!.HasExited, TimeSpan.FromSeconds(30))); // started below
        using (child = new Popen(
            Runs.Sh("sleep 1000 & echo $!; head -c 500000 /dev/zero"),
            new PopenOptions { Stdout = Stdio.Tee(Stdio.Pipe, waitsForTheEnd), PipeSize = 1 << 20, PipeGrace = TimeSpan.Zero }))
        {
            (CapturedOutput stdout, _) = await Runs.Communicate(isAsync, child, input: null, timeout: null, Token);

            Assert.True(stdout.IsHeld);
            Assert.True(stdout.Length > 500_000, $"{stdout.Length} bytes");
            Subprocess.Call(["kill", stdout.Text[..stdout.Text.IndexOf('\n')]], cancellationToken: Token);
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenAGrandchildFloodsThePipe_ReturnsAfterTheGrace(bool isAsync)
    {
        CompletedProcess run = await Runs.Run(isAsync, Runs.Sh("echo $$; yes & exit 0"), s_capture with { StartNewSession = true }, Token);

        Assert.True(run.Stdout.IsHeld);

        // The flood ends of itself: our end of the pipe is closed.
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WithAnEndlessGrace_TimesOutAndKillsWhatHoldsThePipe(bool isAsync)
    {
        RunOptions options = s_capture with { PipeGrace = Timeout.InfiniteTimeSpan, Timeout = TimeSpan.FromSeconds(0.5) };

        TimeoutExpiredException e = await Assert.ThrowsAsync<TimeoutExpiredException>(
            () => Runs.Run(isAsync, Runs.Sh("setsid sleep 1000 & echo $!"), options, Token));

        int grandchild = int.Parse(e.Stdout.Text, CultureInfo.InvariantCulture);
        Assert.False(Directory.Exists($"/proc/{grandchild}") && !IsZombie(grandchild), "The grandchild outlived the stop.");
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenTheUsersStreamThrows_StopsTheChildAndRethrows(bool isAsync)
    {
        RunOptions options = new() { Stdout = Stdio.Lines(_ => throw new InvalidDataException("no")), Stop = StopPolicy.Kill };

        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(
            () => Runs.Run(isAsync, Runs.Sh("echo $$; while :; do echo more; done"), options, Token));

        Assert.Equal("no", e.Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenTheUsersInputThrows_StopsTheChildAndRethrows(bool isAsync)
    {
        static async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            yield return "one\n"u8.ToArray();
            await Task.Yield();
            throw new InvalidDataException("no");
        }

        RunOptions options = s_capture with { Input = Input.FromPieces(Pieces()) };

        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(
            () => Runs.Run(isAsync, ["sleep", "1000"], options, Token));

        Assert.Equal("no", e.Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WithPieces_GivesEachToTheChildAtOnce(bool isAsync)
    {
        var echoed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // The second piece comes only when the child has answered to the first.
        async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            yield return "one\n"u8.ToArray();
            await echoed.Task.WaitAsync(Token);
            yield return ReadOnlyMemory<byte>.Empty;
            yield return "two\n"u8.ToArray();
        }

        var lines = new List<string>();
        RunOptions options = new()
        {
            Input = Input.FromPieces(Pieces()),
            Stdout = Stdio.Lines(line =>
            {
                lines.Add(line);
                echoed.TrySetResult();
            }),
        };

        await Runs.Run(isAsync, "cat", options, Token);

        Assert.Equal(["one", "two"], lines);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WithAStreamAsInput_ReadsItToItsEndAndLeavesItOpen(bool isAsync)
    {
        using var source = new MemoryStream(new byte[300_000]);
        source.Position = 100_000;

        CompletedProcess run = await Runs.Run(isAsync, ["wc", "-c"], s_capture with { Input = source }, Token);

        Assert.Equal("200000", run.Stdout.Text.Trim());
        Assert.True(source.CanRead);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenTheSourceNeverEnds_ReturnsAtTheChildsEnd(bool isAsync)
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
        {
            try
            {
                yield return "one\ntwo\n"u8.ToArray();
                await Task.Delay(Timeout.Infinite, cancel);
            }
            finally
            {
                released.TrySetResult();
            }
        }

        CompletedProcess run = await Runs.Run(
            isAsync, ["head", "-n", "1"], s_capture with { Input = Input.FromPieces(Pieces(CancellationToken.None)) }, Token);

        Assert.Equal("one\n", run.Stdout.Text);
        await released.Task.WaitAsync(Token);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false, "exec <&-; sleep 0.05; echo done")]
    [InlineData(true, "exec <&-; sleep 0.05; echo done")]
    [InlineData(false, "head -c 1 >/dev/null; echo done")]
    [InlineData(true, "head -c 1 >/dev/null; echo done")]
    public async Task Run_WhenTheChildReadsOnlyPartOfItsInput_IsNoError(bool isAsync, string script)
    {
        CompletedProcess run = await Runs.Run(isAsync, Runs.Sh(script), s_capture with { Input = new byte[2_000_000] }, Token);

        Assert.Equal("done\n", run.Stdout.Text);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenThereIsTooMuchOutput_StopsTheChild(bool isAsync)
    {
        OutputLimitException e = await Assert.ThrowsAsync<OutputLimitException>(
            () => Runs.Run(isAsync, ["yes"], s_capture with { MaxOutput = 10_000 }, Token));

        Assert.Equal(10_000, e.Stdout.Bytes.Length);
        Assert.Contains("standard output", e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenOutputIsCapturedWithoutAnInput_GivesTheNullDevice(bool isAsync)
    {
        CompletedProcess run = await Runs.Run(isAsync, ["readlink", "/proc/self/fd/0"], s_capture, Token);

        Assert.Equal("/dev/null\n", run.Stdout.Text);
    }

    [Fact(Timeout = Limit)]
    public void Run_WithChoicesThatExcludeEachOther_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Subprocess.Run("cat", new RunOptions { Input = "x", Stdin = Stdio.Pipe }, Token));
        Assert.Throws<ArgumentException>(() => Subprocess.Run("cat", s_capture with { Stdout = Stdio.Pipe }, Token));
        Assert.Throws<ArgumentException>(() => Subprocess.Run("cat", s_capture with { Stderr = Stdio.DevNull }, Token));
        Assert.Throws<ArgumentException>(() => Subprocess.CheckOutput("cat", new RunOptions { Stdout = Stdio.DevNull }, Token));
        Assert.Throws<ArgumentException>(() => Subprocess.GetOutput("cat", new RunOptions { Stderr = Stdio.DevNull }, Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => Subprocess.Run("cat", timeout: TimeSpan.FromSeconds(-2), cancellationToken: Token));
    }

    [Fact(Timeout = Limit)]
    public async Task TheOlderFunctions_OfAProgram_AreRunsWithAChoiceMade()
    {
        Assert.Equal(3, Subprocess.Call(Runs.Sh("exit 3"), cancellationToken: Token));
        Assert.Equal(3, await Subprocess.CallAsync(Runs.Sh("exit 3"), cancellationToken: Token));
        Assert.Equal(0, Subprocess.CheckCall("true", cancellationToken: Token));
        Assert.Equal(3, Assert.Throws<CalledProcessException>(() => Subprocess.CheckCall(Runs.Sh("exit 3"), cancellationToken: Token)).ReturnCode);
        await Assert.ThrowsAsync<CalledProcessException>(() => Subprocess.CheckCallAsync("false", cancellationToken: Token));
        Assert.Equal("a b\n", Subprocess.CheckOutput(["echo", "a b"], cancellationToken: Token).Text);
        Assert.Equal("a b\n", (await Subprocess.CheckOutputAsync(["echo", "a b"], cancellationToken: Token)).Text);
        CalledProcessException e = Assert.Throws<CalledProcessException>(
            () => Subprocess.CheckOutput(Runs.Sh("echo said; kill -9 $$"), cancellationToken: Token));
        Assert.Equal(("said\n", -9, Signal.SIGKILL), (e.Stdout.Text, e.ReturnCode, e.Signal));
    }

    [Fact(Timeout = Limit)]
    public async Task GetStatusOutput_OfAScript_MergesAndStripsOneLineEnd()
    {
        Assert.Equal((3, "out\nerr\n"), Subprocess.GetStatusOutput("echo out; echo err >&2; echo; exit 3", cancellationToken: Token));
        Assert.Equal((-15, ""), await Subprocess.GetStatusOutputAsync("kill $$", cancellationToken: Token));
        Assert.Equal("a\r", Subprocess.GetOutput("printf 'a\\015\\015\\n' | tr -d '\\n'", new RunOptions(), Token).Replace('\n', '\r'));
        Assert.Equal("x", await Subprocess.GetOutputAsync("echo x", cancellationToken: Token));
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_OfWhatIsNotThere_SaysSo(bool isAsync)
    {
        await Assert.ThrowsAsync<FileNotFoundException>(() => Runs.Run(isAsync, "telar-no-such-program", s_capture, Token));
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => Runs.Run(isAsync, "true", s_capture with { Cwd = "/telar/no" }, Token));
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_OnATerminal_IsFedAndRead(bool isAsync)
    {
        RunOptions options = s_capture with { Pty = new PtyOptions { Echo = false }, Input = "hello\n" };

        CompletedProcess run = await Runs.Run(isAsync, Runs.Sh("test -t 0 && test -t 1 && cat"), options, Token);

        Assert.Equal((0, "hello\r\n"), (run.ReturnCode, run.Stdout.Text));
    }

    private static bool IsZombie(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
