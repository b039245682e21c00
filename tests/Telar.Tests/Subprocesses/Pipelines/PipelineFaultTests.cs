using Telar.Subprocesses;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Subprocesses.Pipelines;

/// <summary>Pipelines that do not come to their natural end.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class PipelineFaultTests : NothingLeftBehind
{
    private const int Limit = 60_000;

    // Lets one line through, and then stays for ever with its pipes open.
    private static readonly CommandLine s_stuck = CommandLine.Shell("read -r line; echo \"$line\"; exec sleep 1000");

    private static readonly CommandLine s_cat = "cat";

    private static readonly RunOptions s_capture = new() { CaptureOutput = true };

    [Theory(Timeout = Limit)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task RunPipeline_WhenStageNDoesNotExist_StopsTheEarlierOnes(int missing, bool isAsync)
    {
        CommandLine[] stages = [["sleep", "1000"], ["sleep", "1000"], ["sleep", "1000"]];
        stages[missing] = "/no/such/program";

        var error = await Assert.ThrowsAsync<FileNotFoundException>(
            () => Runs.RunPipeline(isAsync, Pipeline.Create(stages), s_capture, Token));

        Assert.Contains("/no/such/program", error.Message, StringComparison.Ordinal);
        Assert.Empty(Children.Mine());
    }

    [Theory(Timeout = Limit)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task RunPipeline_CancelledWhileStageNIsStuck_StopsAll(int stuck, bool isAsync)
    {
        CommandLine[] stages = [s_cat, s_cat, s_cat];
        stages[stuck] = s_stuck;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var options = new RunOptions
        {
            Input = Input.FromStream(new EndlessStream("line\n")),
            Stdout = Stdio.Tee(Stdio.Pipe, Stdio.Lines(_ => cancel.Cancel())),
        };

        var error = await Assert.ThrowsAsync<SubprocessCanceledException>(
            () => Runs.RunPipeline(isAsync, Pipeline.Create(stages), options, cancel.Token));

        Assert.StartsWith("line\n", error.Stdout.Text, StringComparison.Ordinal);
        Assert.Contains("last of 3 stages", error.Message, StringComparison.Ordinal);
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Empty(Children.Mine());
    }

    [Fact(Timeout = Limit)]
    public Task RunPipeline_WhenTheTimeIsUp_StopsAllAndKeepsTheOutput()
    {
        var error = Assert.Throws<TimeoutExpiredException>(() => Subprocess.RunPipeline(
            s_cat | s_stuck | s_cat, captureOutput: true, timeout: TimeSpan.FromSeconds(1), input: "early\n", cancellationToken: Token));

        Assert.Equal("early\n", error.Stdout.Text);
        Assert.Equal(TimeSpan.FromSeconds(1), error.Timeout);
        Assert.Contains("all of them were stopped", error.Message, StringComparison.Ordinal);
        Assert.Empty(Children.Mine());
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task RunPipeline_WhenStageNIsKilled_EndsAndNamesIt(int killed, bool isAsync)
    {
        CommandLine[] stages = [["yes"], s_cat, ["tail", "-n", "1"]];
        stages[killed] = CommandLine.Shell("kill -9 $$");

        CompletedPipeline result = await Runs.RunPipeline(isAsync, Pipeline.Create(stages), s_capture, Token);

        Assert.Equal(killed, result.FailedStage);
        Assert.Equal(Signal.SIGKILL, result.Stages[killed].Signal);
    }

    [Fact(Timeout = Limit)]
    public async Task RunPipelineAsync_WhenTheTargetIsFull_FailsAsTheLastStageDoes()
    {
        Pipeline pipeline = (CommandLine)"yes" | s_cat;
        var options = new RunOptions { Stdout = Stdio.File("/dev/full"), Stderr = Stdio.Pipe, Check = true };

        var error = await Assert.ThrowsAsync<CalledProcessException>(() => Subprocess.RunPipelineAsync(pipeline, options, Token));

        Assert.Contains("stage 2 of 2", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Stderr.Text);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunPipeline_WhenTheUsersStreamIsFull_StopsAllAndThrowsWhatItThrew(bool isAsync)
    {
        // The first stage writes no more, so that no SIGPIPE ends it.
        CommandLine quiet = CommandLine.Shell("echo line; exec sleep 1000");
        await using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

        await Assert.ThrowsAsync<IOException>(() => Runs.RunPipeline(
            isAsync, quiet | s_cat, new RunOptions { Stdout = Stdio.Stream(full) }, Token));

        Assert.Empty(Children.Mine());
    }

    [Fact(Timeout = Limit)]
    public async Task RunPipelineAsync_WhenTheReaderIsSlow_WaitsForItAndLosesNothing()
    {
        var slow = new GatedStream();
        Task<CompletedPipeline> run = Subprocess.RunPipelineAsync(
            CommandLine.Create("head", "-c", "3000000", "/dev/zero") | s_cat, new RunOptions { Stdout = Stdio.Stream(slow) }, Token);
        await slow.Blocked.WaitAsync(Token);
        Assert.False(run.IsCompleted);

        slow.Open();

        Assert.True((await run).IsSuccess);
        Assert.Equal(3_000_000, slow.Total);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunPipeline_WithTooMuchOutput_StopsAll(bool isAsync)
    {
        var options = new RunOptions { Stdout = Stdio.Pipe, MaxOutput = 1000 };

        var error = await Assert.ThrowsAsync<OutputLimitException>(
            () => Runs.RunPipeline(isAsync, (CommandLine)"yes" | s_cat, options, Token));

        Assert.Equal(1000, error.Stdout.Length);
        Assert.Empty(Children.Mine());
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunPipeline_StagesThatDoNotFollow_AreKilledEachByItsOwnPolicy(bool isAsync)
    {
        CommandLine deaf = CommandLine.Shell("trap '' TERM; echo up >&2; while :; do sleep 1000; done");
        PopenOptions own = new() { Stop = StopPolicy.Kill, Stderr = Stdio.Pipe };
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        int up = 0;
        Stdio cancelWhenBothAreUp = Stdio.Lines(_ =>
        {
            if (Interlocked.Increment(ref up) == 2)
            {
                cancel.Cancel();
            }
        });
        PopenOptions patient = new() { Stop = new StopPolicy(Signal.SIGTERM, TimeSpan.FromMilliseconds(300)), Stderr = cancelWhenBothAreUp };

        await Assert.ThrowsAsync<SubprocessCanceledException>(() => Runs.RunPipeline(
            isAsync, deaf.With(own with { Stderr = cancelWhenBothAreUp }) | deaf.With(patient), new RunOptions { Stdout = Stdio.Pipe }, cancel.Token));

        Assert.Empty(Children.Mine());
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunPipeline_WhenAGrandchildHoldsAPipe_EndsAfterTheGrace_AndSaysSo(bool isAsync)
    {
        CommandLine holder = CommandLine.Shell("sleep 1000 & echo $!; echo pid >&2");

        CompletedPipeline result = await Runs.RunPipeline(isAsync, CommandLine.Create("true") | holder, s_capture, Token);

        Assert.True(result.Stdout.IsHeld);
        Assert.Equal([0, 0], result.ReturnCodes);
        Assert.Equal("pid\n", result.Stages[1].Stderr.Text);
        Subprocess.Run(["kill", result.Stdout.Text.Trim()], cancellationToken: Token);
    }

    [Fact(Timeout = Limit)]
    public async Task RunPipelineAsync_CancelledBeforeTheStart_StartsNothing()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Subprocess.RunPipelineAsync(s_cat | s_cat, cancellationToken: cancel.Token));
    }

    /// <summary>The same text again and again.</summary>
    private sealed class EndlessStream(string text) : MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            Position = 0;
            return Read(buffer.Span);
        }
    }

    /// <summary>Takes nothing before it is opened.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Blocked => _blocked.Task;

        internal long Total { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _blocked.TrySetResult();
            await _open.Task;
            Total += buffer.Length;
        }

        internal void Open() => _open.SetResult();
    }
}
