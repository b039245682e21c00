using Telar.Subprocesses;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Subprocesses.Pipelines;

/// <summary>What a pipeline gives when all goes well, and which stage is blamed when not.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class PipelineTests : NothingLeftBehind
{
    private const int Limit = 60_000;

    private static readonly CommandLine s_print = ["printf", "b\na\nb\n"];

    [Fact(Timeout = Limit)]
    public async Task RunPipeline_OfThree_GivesTheOutputOfTheLast()
    {
        Pipeline pipeline = s_print | ["sort"] | ["uniq", "-c"];

        CompletedPipeline sync = Subprocess.RunPipeline(pipeline, captureOutput: true, cancellationToken: Token);
        CompletedPipeline async = await Subprocess.RunPipelineAsync(pipeline, captureOutput: true, cancellationToken: Token);

        Assert.Equal(["      1 a", "      2 b"], sync.Stdout.Lines);
        Assert.Equal(sync.Stdout.Text, async.Stdout.Text);
        Assert.Equal([0, 0, 0], sync.ReturnCodes);
        Assert.True(sync.IsSuccess);
        Assert.Equal(0, sync.ReturnCode);
        Assert.Null(sync.FailedStage);
        Assert.Same(sync, sync.CheckReturnCode());
        Assert.All(sync.Stages, stage => Assert.True(stage.Elapsed > TimeSpan.Zero && stage.ProcessId > 0));
    }

    [Fact(Timeout = Limit)]
    public Task Operator_WithStagesAndPipelines_KeepsTheOrder()
    {
        CommandLine a = "a";
        CommandLine b = "b";
        PipelineStage c = ((CommandLine)"c").With(new PopenOptions { Cwd = "/" });

        Assert.All<Pipeline>(
            [a | b | c, a | (b | c), (a | b) | (Pipeline)c, Pipeline.Create("a", "b") | c],
            pipeline => Assert.Equal(["a", "b", "c"], pipeline.Select(stage => stage.Command.FileName)));
        Assert.Equal(["c", "a", "c", "c", "b"], ((c | a) | (c | c) | b).Select(stage => stage.Command.FileName));
        Assert.Equal(PipeFail.Any, ((a | b).WithPipeFail(PipeFail.Any) | c).PipeFail);
        Assert.Equal(2, Pipeline.Create(["x"], ["y", "z"]).Count);
        Assert.Throws<ArgumentException>(() => Pipeline.Create());
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunPipeline_WithMuchInput_PassesAllOfIt(bool isAsync)
    {
        byte[] input = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(input);
        CommandLine cat = "cat";

        CompletedPipeline result = await Runs.RunPipeline(
            isAsync, cat | cat | cat, new RunOptions { CaptureOutput = true, Input = input }, Token);

        Assert.True(input.AsSpan().SequenceEqual(result.Stdout.Bytes.Span));
    }

    [Fact(Timeout = Limit)]
    public Task RunPipeline_AttendsToAllStages_InTheThreadOfItsCaller()
    {
        int caller = Environment.CurrentManagedThreadId;
        var threads = new List<int>();
        Stdio note = Stdio.Lines(_ => threads.Add(Environment.CurrentManagedThreadId));
        PopenOptions noteErrors = new() { Stderr = note };
        CommandLine talks = CommandLine.Shell("while read -r line; do echo \"$line\"; echo \"$line\" >&2; done");

        CompletedPipeline result = Subprocess.RunPipeline(
            talks.With(noteErrors) | talks.With(noteErrors) | talks.With(noteErrors),
            new RunOptions { Input = "1\n2\n3\n", Stdout = note, Timeout = TimeSpan.FromSeconds(50) },
            Token);

        Assert.True(result.IsSuccess);
        Assert.Equal(12, threads.Count);
        Assert.All(threads, thread => Assert.Equal(caller, thread));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task RunPipeline_BetweenTwoChildren_IsOnePipeOfTheKernel()
    {
        CommandLine writer = ["sh", "-c", "seen=$(readlink /proc/$$/fd/1); echo $seen >&2"];
        CommandLine reader = ["sh", "-c", "readlink /proc/$$/fd/0; ls /proc/self/fd | wc -l"];

        CompletedPipeline result = Subprocess.RunPipeline(writer | reader, captureOutput: true, cancellationToken: Token);

        string[] seen = [.. result.Stdout.Lines];
        Assert.StartsWith("pipe:", seen[0], StringComparison.Ordinal);
        Assert.Equal(seen[0], result.Stages[0].Stderr.Text.TrimEnd());
        Assert.Equal("4", seen[1].Trim()); // the standard three, and the one that ls lists them with
        return Task.CompletedTask;
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public Task IsSuccess_WhenALaterStageWantsNoMore_DependsOnTheRule(bool isShell)
    {
        CommandLine yes = isShell ? CommandLine.Shell("yes; exit $?") : "yes";
        Pipeline pipeline = yes | ["head", "-n", "1"];

        CompletedPipeline lenient = Subprocess.RunPipeline(pipeline, captureOutput: true, check: true, cancellationToken: Token);
        CompletedPipeline strict = Subprocess.RunPipeline(
            pipeline.WithPipeFail(PipeFail.Any), captureOutput: true, cancellationToken: Token);

        Assert.Equal("y\n", lenient.Stdout.Text);
        Assert.Equal([isShell ? 141 : -13, 0], lenient.ReturnCodes);
        Assert.Empty(lenient.Stages[0].Stderr.Text); // no "broken pipe"
        Assert.Equal((0, isShell ? 141 : -13), (strict.FailedStage, strict.ReturnCode));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task CheckReturnCode_WhenAStageFailed_NamesIt()
    {
        Pipeline pipeline = s_print | ["sh", "-c", "cat; echo sorry >&2; exit 7"] | ["cat"];

        CompletedPipeline result = Subprocess.RunPipeline(pipeline, captureOutput: true, cancellationToken: Token);
        var error = Assert.Throws<CalledProcessException>(() => result.CheckReturnCode());

        Assert.Equal((1, 7, false), (result.FailedStage, result.ReturnCode, result.IsSuccess));
        Assert.Equal((7, "sorry\n"), (error.ReturnCode, error.Stderr.Text));
        Assert.Contains("stage 2 of 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("return codes were 0, 7, 0", error.Message, StringComparison.Ordinal);
        Assert.Throws<CalledProcessException>(
            () => Subprocess.RunPipeline(pipeline, captureOutput: true, check: true, cancellationToken: Token));
        Assert.True(Subprocess.RunPipeline(pipeline.WithPipeFail(PipeFail.Last), captureOutput: true, cancellationToken: Token).IsSuccess);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task IsSuccess_OfAStageWithItsOwnRule_CountsForThePipeline()
    {
        PipelineStage grep = CommandLine.Create("grep", "z").With(new PopenOptions { IsSuccess = code => code is 0 or 1 });

        CompletedPipeline result = Subprocess.RunPipeline(s_print | grep | ["wc", "-l"], captureOutput: true, cancellationToken: Token);

        Assert.Equal([0, 1, 0], result.ReturnCodes);
        Assert.True(result.IsSuccess);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task StageOptions_StandInForThoseOfThePipeline()
    {
        PipelineStage own = CommandLine.Shell("cat; echo $WHERE; pwd").With(
            new PopenOptions { Cwd = "/usr", ExtraEnv = new Dictionary<string, string?> { ["WHERE"] = "own" } });
        var shared = new RunOptions
        {
            Stdout = Stdio.Pipe,
            Cwd = "/tmp",
            ExtraEnv = new Dictionary<string, string?> { ["WHERE"] = "shared" },
        };

        CompletedPipeline result = Subprocess.RunPipeline(CommandLine.Shell("echo $WHERE; pwd") | own, shared, Token);

        Assert.Equal(["shared", "/tmp", "own", "/usr"], result.Stdout.Lines);
        Assert.False(result.Stages[0].Stdout.IsCaptured);
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public Task Stderr_MergedIntoStdout_GoesToTheNextStage()
    {
        CommandLine both = CommandLine.Shell("echo out; echo err >&2; echo out");

        CompletedPipeline result = Subprocess.RunPipeline(
            both | ["cat", "-n"], new RunOptions { Stdout = Stdio.Pipe, Stderr = Stdio.Stdout }, Token);

        Assert.Equal(["out", "err", "out"], result.Stdout.Lines.Select(line => line.Split('\t')[1]));
        return Task.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Stderr_AppendedToOneFile_HasThatOfAllStages()
    {
        string path = Path.GetTempFileName();
        CommandLine complain = CommandLine.Shell("cat; echo complaint >&2");

        await Subprocess.RunPipelineAsync(
            complain | complain | complain, new RunOptions { Input = "", Stderr = Stdio.File(path, append: true) }, Token);

        Assert.Equal("complaint\ncomplaint\ncomplaint\n", await File.ReadAllTextAsync(path, Token));
        File.Delete(path);
    }

    [Fact(Timeout = Limit)]
    public async Task Stdout_WithATee_ReachesEveryTarget()
    {
        string path = Path.GetTempFileName();
        var lines = new List<string>();

        CompletedPipeline result = await Subprocess.RunPipelineAsync(
            s_print | ["sort", "-u"],
            new RunOptions { Stdout = Stdio.Tee(Stdio.Pipe, Stdio.File(path), Stdio.Lines(lines.Add)) },
            Token);

        Assert.Equal("a\nb\n", result.Stdout.Text);
        Assert.Equal("a\nb\n", await File.ReadAllTextAsync(path, Token));
        Assert.Equal(["a", "b"], lines);
        File.Delete(path);
    }

    [Fact(Timeout = Limit)]
    public async Task Start_GivesTheEndsToTalkWith()
    {
        var options = new PopenOptions { Stdin = Stdio.Pipe, Stdout = Stdio.Pipe };
        CommandLine upper = ["sed", "-u", "s/a/A/g"];
        await using RunningPipeline running = (upper | ["sed", "-u", "s/b/B/g"]).Start(options);
        using var reader = new StreamReader(running.Stdout!); // a pipe

        await running.Stdin!.WriteAsync("abc\n"u8.ToArray(), Token); // a pipe
        Assert.Equal("ABc", await reader.ReadLineAsync(Token));
        await running.Stdin.WriteAsync("bca\n"u8.ToArray(), Token);
        Assert.Equal("BcA", await reader.ReadLineAsync(Token));
        await running.Stdin.DisposeAsync();

        Assert.Null(await reader.ReadLineAsync(Token));
        Assert.Equal([0, 0], await running.WaitAsync(Token));
        Assert.Equal([0, 0], running.Wait(Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Stop_WhenStagesRun_EndsAllOfThem()
    {
        CommandLine sleep = ["sleep", "1000"];
        await using RunningPipeline running = (sleep | sleep).Start();

        running.Stop(StopPolicy.Kill);

        Assert.Equal([-9, -9], await running.WaitAsync(Token));
    }

    [Fact(Timeout = Limit)]
    public Task Start_WithAChoiceThatHasNoPlace_StartsNothing()
    {
        CommandLine cat = "cat";
        PipelineStage input = cat.With(new PopenOptions { Stdin = Stdio.DevNull });
        PipelineStage output = cat.With(new PopenOptions { Stdout = Stdio.DevNull });

        Assert.Contains(
            "Stage 2 of 2", Assert.Throws<ArgumentException>(() => (cat | input).Start()).Message, StringComparison.Ordinal);
        Assert.Contains(
            "Stage 1 of 2", Assert.Throws<ArgumentException>(() => (output | cat).Start()).Message, StringComparison.Ordinal);
        Assert.Contains(
            "give each stage its own",
            Assert.Throws<ArgumentException>(() => (cat | cat).Start(new PopenOptions { Stderr = Stdio.Stream(Stream.Null) })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "PopenOptions", Assert.Throws<ArgumentException>(() => cat.With(new RunOptions())).Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }
}
