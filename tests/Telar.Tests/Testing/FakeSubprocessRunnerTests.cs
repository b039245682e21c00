using System.Text;
using Xunit;

namespace Telar.Tests.Testing;

using Telar.Subprocesses;
using Telar.Testing;

public class FakeSubprocessRunnerTests
{
    private static readonly CommandLine s_head = ["git", "rev-parse", "HEAD"];
    private static readonly RunOptions s_capture = new() { CaptureOutput = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Run_WithARuleForTheCommand_GivesItsAnswer_AndIsRemembered()
    {
        var fake = new FakeSubprocessRunner();
        FakeRule rule = fake.On(s_head).Returns("0d75e84\n", "warning\n");
        fake.OnAny().Fails(7);

        CompletedProcess sync = fake.Run(s_head, s_capture, Token);
        CompletedProcess other = await fake.RunAsync(["ls"], s_capture with { Cwd = "/tmp" }, Token);

        Assert.Equal((0, "0d75e84\n", "warning\n", s_head), (sync.ReturnCode, sync.Stdout.Text, sync.Stderr.Text, sync.Args));
        Assert.Equal((7, ""), (other.ReturnCode, other.Stdout.Text));
        Assert.Equal([s_head, ["ls"]], fake.Calls.Select(call => call.Command));
        Assert.Equal("/tmp", fake.Calls[1].Options.Cwd);
        Assert.Equal(1, rule.CallCount);
        Assert.Equal(["On([\"git\", \"rev-parse\", \"HEAD\"])", "OnAny()"], fake.Rules.Select(known => known.ToString()));
    }

    [Fact(Timeout = 120_000)]
    public void Run_WithoutARule_SaysWhichOneToWrite()
    {
        var fake = new FakeSubprocessRunner();
        fake.On(s_head);
        CommandLine command = ["git", "commit", "-m", "say \"hi\"\n"];

        UnexpectedCommandException first = Assert.Throws<UnexpectedCommandException>(() => fake.Run(command, s_capture, Token));
        UnexpectedCommandException shell = Assert.Throws<UnexpectedCommandException>(() => new FakeSubprocessRunner().Run(CommandLine.Shell("ls | wc"), s_capture, Token));

        Assert.Equal(command, first.Command);
        Assert.Contains("""    fake.On(["git", "commit", "-m", "say \"hi\"\n"]).Returns("...");""", first.Message, StringComparison.Ordinal);
        Assert.Contains("Its rules are:\n    On([\"git\", \"rev-parse\", \"HEAD\"])", first.Message, StringComparison.Ordinal);
        Assert.Contains("fake.On(CommandLine.Shell(\"ls | wc\"))", shell.Message, StringComparison.Ordinal);
        Assert.Contains("no rules at all", shell.Message, StringComparison.Ordinal);
        Assert.Equal([command], fake.Calls.Select(call => call.Command));
    }

    [Fact(Timeout = 120_000)]
    public void Answers_AreForOneCallEach_AndTheLastForAllOthers()
    {
        var fake = new FakeSubprocessRunner();
        fake.On(["ping", "db"]).Fails(1).Fails(2).Returns();
        fake.On(call => call.InputText == "x").Returns(call => FakeResult.Text(call.InputText + call.Command[1]));

        Assert.Equal([1, 2, 0, 0], Enumerable.Range(0, 4).Select(_ => fake.Run(["ping", "db"], new RunOptions(), Token).ReturnCode));
        Assert.Equal("xb", fake.Run(["a", "b"], s_capture with { Input = "x" }, Token).Stdout.Text);
    }

    [Fact(Timeout = 120_000)]
    public void Run_TreatsOptionsAsARealRunDoes()
    {
        var fake = new FakeSubprocessRunner();
        fake.OnAny().Returns("one\ntwo\n", "oops\n", returnCode: 3);
        var lines = new List<string>();
        var stream = new MemoryStream();
        var echo = new StringWriter();

        CompletedProcess routed = fake.Run(["x"], new RunOptions { Stdout = Stdio.Lines(lines.Add), Stderr = Stdio.Stream(stream), Echo = echo }, Token);
        CompletedProcess merged = fake.Run(["x"], new RunOptions { Stdout = Stdio.Pipe, Stderr = Stdio.Stdout }, Token);
        CalledProcessException check = Assert.Throws<CalledProcessException>(() => fake.Run(["x"], s_capture with { Check = true }, Token));
        OutputLimitException limit = Assert.Throws<OutputLimitException>(() => fake.Run(["x"], s_capture with { MaxOutput = 5 }, Token));
        CompletedProcess dry = fake.Run(["x"], s_capture with { DryRun = true, Echo = echo }, Token);

        Assert.Equal(["one", "two"], lines);
        Assert.Equal("oops\n", Encoding.UTF8.GetString(stream.ToArray()));
        Assert.False(routed.Stdout.IsCaptured || routed.Stderr.IsCaptured);
        Assert.Equal("one\ntwo\noops\n", merged.Stdout.Text);
        Assert.False(merged.Stderr.IsCaptured);
        Assert.Equal((3, "oops\n"), (check.ReturnCode, check.Stderr.Text));
        Assert.Equal("one\nt", limit.Stdout.Text[..5]);
        Assert.Equal((0, ""), (dry.ReturnCode, dry.Stdout.Text));
        Assert.Equal($"x{Environment.NewLine}x{Environment.NewLine}", echo.ToString());
    }

    [Fact(Timeout = 120_000)]
    public async Task Input_OfEveryKind_IsRead()
    {
        var fake = new FakeSubprocessRunner();
        fake.OnAny();
        Input[] inputs = ["héllo", Encoding.UTF8.GetBytes("héllo"), new MemoryStream(Encoding.UTF8.GetBytes("héllo")), Input.FromPieces(Pieces())];
        foreach (Input input in inputs)
        {
            await fake.RunAsync(["cat"], new RunOptions { Input = input }, Token);
        }

        Assert.All(fake.Calls, call => Assert.Equal("héllo", call.InputText));

        static async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            foreach (byte piece in Encoding.UTF8.GetBytes("héllo"))
            {
                await Task.Yield();
                yield return new[] { piece };
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public void ATimeout_StrikesAtOnce_WithWhatWasWritten()
    {
        var fake = new FakeSubprocessRunner();
        fake.On(["slow"]).Returns(FakeResult.Text("half") with { Takes = TimeSpan.FromMinutes(2) });
        RunOptions minute = s_capture with { Timeout = TimeSpan.FromMinutes(1) };

        TimeoutExpiredException late = Assert.Throws<TimeoutExpiredException>(() => fake.Run(["slow"], minute, Token));
        CompletedProcess inTime = fake.Run(["slow"], minute with { Timeout = TimeSpan.FromMinutes(3) }, Token);

        Assert.Equal("half", late.Stdout.Text);
        Assert.Equal(TimeSpan.FromMinutes(2), inTime.Elapsed);
    }

    [Fact(Timeout = 120_000)]
    public async Task AProgramThatNeverEnds_EndsByTheToken_AndIsRefusedWhereNobodyCanStopIt()
    {
        var fake = new FakeSubprocessRunner();
        fake.OnAny().NeverEnds();
        using var stop = new CancellationTokenSource();

        Task<CompletedProcess> run = fake.RunAsync(["tail", "-f", "log"], s_capture, stop.Token);
        Assert.False(run.IsCompleted);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Throws<InvalidOperationException>(() => fake.Run(["tail"], s_capture, CancellationToken.None));
        Assert.Throws<TimeoutExpiredException>(() => fake.Run(["tail"], s_capture with { Timeout = TimeSpan.FromSeconds(1) }, Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task AnAnswer_MayThrowAndMayWait()
    {
        var fake = new FakeSubprocessRunner();
        var gate = new TaskCompletionSource<FakeResult>();
        fake.On(["absent"]).Throws(new FileNotFoundException("absent"));
        fake.On(["gated"]).Answers((_, cancellationToken) => gate.Task.WaitAsync(cancellationToken));

        Task<CompletedProcess> run = fake.RunAsync(["gated"], s_capture, Token);
        Assert.Throws<FileNotFoundException>(() => fake.Run(["absent"], s_capture, Token));
        Assert.False(run.IsCompleted);
        gate.SetResult(FakeResult.Text("open"));

        Assert.Equal("open", (await run).Stdout.Text);
    }

    [Fact(Timeout = 120_000)]
    public async Task Run_FromManyThreads_GivesEachAnswerOnce()
    {
        var fake = new FakeSubprocessRunner();
        FakeRule rule = fake.OnAny();
        for (int i = 0; i < 1000; i++)
        {
            rule.Fails(i);
        }

        CompletedProcess[][] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => Enumerable.Range(0, 125).Select(_ => fake.Run(["x"], s_capture, Token)).ToArray(), Token)));

        Assert.Equal(Enumerable.Range(0, 1000), results.SelectMany(part => part).Select(process => process.ReturnCode).Order());
        Assert.Equal((1000, 1000), (fake.Calls.Count, rule.CallCount));
    }

    [Fact(Timeout = 120_000)]
    public async Task Stream_GivesTheLinesOfTheAnswer_AndThenItsEnd()
    {
        var fake = new FakeSubprocessRunner();
        fake.On(["make"]).Returns("one\ntwo\n", "oops\n", returnCode: 2);
        RunOptions options = new() { Check = true, Cwd = "/src" };
        var lines = new List<OutputLine>();
        OutputLines make = ((ISubprocessRunner)fake).Stream(["make"], options, Token);

        CalledProcessException failed = await Assert.ThrowsAsync<CalledProcessException>(async () =>
        {
            await foreach (OutputLine line in make)
            {
                lines.Add(line);
            }
        });

        Assert.Equal([new(OutputSource.Stdout, "one"), new(OutputSource.Stdout, "two"), new(OutputSource.Stderr, "oops")], lines);
        Assert.Equal(2, failed.ReturnCode);
        Assert.Same(failed, await Assert.ThrowsAsync<CalledProcessException>(() => make.Completion));
        Assert.Same(options, Assert.Single(fake.Calls).Options);
    }

    [Fact(Timeout = 120_000)]
    public async Task Stream_OfAProgramThatNeverEnds_EndsWhenTheLoopIsLeft()
    {
        var fake = new FakeSubprocessRunner();
        fake.OnAny().Returns(FakeResult.Text(string.Concat(Enumerable.Repeat("tick\n", 3000))) with { Takes = Timeout.InfiniteTimeSpan });
        OutputLines ticks = fake.Stream(["tail", "-f", "log"], cancellationToken: Token);
        int count = 0;

        await foreach (OutputLine line in ticks)
        {
            if (++count == 2500)
            {
                break;
            }
        }

        Assert.Equal(2500, count);
        await Assert.ThrowsAsync<SubprocessCanceledException>(() => ticks.Completion);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunPipeline_FeedsEachStageWithTheOneBefore_AndRemembersAll()
    {
        var fake = new FakeSubprocessRunner();
        fake.On(["git", "log"]).Returns("b\na\n", "warning\n", returnCode: 1);
        fake.On(["sort"]).Returns(call => FakeResult.Text(string.Concat(call.InputText.Split('\n').Order())));
        Pipeline pipeline = Pipeline.Create(["git", "log"], ["sort"]);

        CompletedPipeline ended = fake.RunPipeline(pipeline, s_capture, Token);
        CalledProcessException failed = await Assert.ThrowsAsync<CalledProcessException>(
            () => fake.RunPipelineAsync(pipeline, s_capture with { Check = true }, Token));

        Assert.Equal(("ab", "warning\n", 0), (ended.Stdout.Text, ended.Stages[0].Stderr.Text, ended.FailedStage));
        Assert.False(ended.Stages[0].Stdout.IsCaptured);
        Assert.Contains("stage 1 of 2", failed.Message, StringComparison.Ordinal);
        Assert.Equal([(0, "git log"), (1, "sort"), (0, "git log"), (1, "sort")], fake.Calls.Select(call => (call.Stage, call.ToString())));
        Assert.All(fake.Calls, call => Assert.Same(pipeline, call.Pipeline));
    }

    [Fact(Timeout = 120_000)]
    public void RunPipeline_WithARuleForTheWhole_GivesItsAnswer()
    {
        var fake = new FakeSubprocessRunner();
        FakeRule rule = fake.OnPipeline(Pipeline.Create(["sort"], ["uniq", "-c"], ["head"])).Returns(call => FakeResult.Text($"<{call.InputText}>", returnCode: 4));
        fake.On(["sort"]).Returns("alone");

        CompletedPipeline ended = fake.RunPipeline(
            Pipeline.Create(["sort"], ["uniq", "-c"], ["head"]), s_capture with { Input = "x" }, Token);

        Assert.Equal(("<x>", 2, 4), (ended.Stdout.Text, ended.FailedStage, ended.ReturnCode));
        Assert.Equal("alone", fake.Run(["sort"], s_capture, Token).Stdout.Text);
        Assert.Equal(1, rule.CallCount);
    }

    [Fact(Timeout = 120_000)]
    public void RunPipeline_WithoutARuleForAStage_SaysWhichOnesToWrite()
    {
        var fake = new FakeSubprocessRunner();
        fake.On(["a"]);

        UnexpectedCommandException unexpected = Assert.Throws<UnexpectedCommandException>(
            () => fake.RunPipeline(Pipeline.Create(["a"], ["b", "c"]), s_capture, Token));

        Assert.StartsWith("`b c` was to be run as stage 2 of `a | b c`", unexpected.Message, StringComparison.Ordinal);
        Assert.Contains("""    fake.On(["b", "c"]).Returns("...");""", unexpected.Message, StringComparison.Ordinal);
        Assert.Contains("""    fake.OnPipeline(Pipeline.Create(["a"], ["b", "c"])).Returns("...");""", unexpected.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void RunPipeline_WithAStageThatNeverEnds_IsStoppedAsAWhole()
    {
        var fake = new FakeSubprocessRunner();
        fake.On(["a"]).NeverEnds();
        fake.On(["b"]).Returns("half");
        Pipeline pipeline = Pipeline.Create(["a"], ["b"]);

        TimeoutExpiredException late = Assert.Throws<TimeoutExpiredException>(
            () => fake.RunPipeline(pipeline, s_capture with { Timeout = TimeSpan.FromSeconds(1) }, Token));
        CompletedPipeline dry = fake.RunPipeline(pipeline, s_capture with { DryRun = true, Echo = TextWriter.Null }, Token);

        Assert.Equal(("b", "half"), (late.Cmd.ToString(), late.Stdout.Text));
        Assert.Contains("all of them were stopped", late.Message, StringComparison.Ordinal);
        Assert.Equal([0, 0], dry.ReturnCodes);
    }

    [Fact(Timeout = 120_000)]
    public void Run_WithOptionsThatARealRunRefuses_RefusesThemToo()
    {
        var fake = new FakeSubprocessRunner();
        fake.OnAny();

        Assert.Throws<ArgumentException>(() => fake.Run(["x"], s_capture with { Stdout = Stdio.Pipe }, Token));
        Assert.Throws<ArgumentException>(() => fake.Run(["x"], new RunOptions { Input = "x", Stdin = Stdio.DevNull }, Token));
        Assert.Empty(fake.Calls);
    }
}
