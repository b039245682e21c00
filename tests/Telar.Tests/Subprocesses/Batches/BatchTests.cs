using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Telar.Subprocesses;
using Telar.Tests.Sched;
using Xunit;

namespace Telar.Tests.Subprocesses.Batches;

public class BatchTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly FakeRunner _runner = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // ---- What is run, and what comes back

    [Fact(Timeout = 120_000)]
    public void Run_OfAList_GivesAResultForEachInItsOrder()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command, command[0] == "3" ? 7 : 0, stdout: command[0]) };

        BatchReport report = Batch.Run(Commands(20), new BatchOptions { Jobs = 4, Runner = runner }, Token);

        Assert.Equal(Enumerable.Range(1, 20), report.Results.Select(result => result.Seq));
        Assert.All(report.Results, result => Assert.Equal($"{result.Seq}", result.Stdout.Text));
        Assert.All(report.Results, result => Assert.Equal(result.Seq == 3 ? BatchOutcome.Failed : BatchOutcome.Succeeded, result.Outcome));
        Assert.Equal(7, report.Results[2].ReturnCode);
        Assert.Equal((20, 19, 1, true), (report.Progress.Total, report.Progress.Succeeded, report.Progress.Failed, report.IsComplete));
        Assert.False(report.IsSuccess);
        Assert.InRange(runner.MostRunning, 1, 4);
    }

    [Fact(Timeout = 120_000)]
    public void Run_OfAnEmptyList_IsASuccess() => Assert.True(Batch.Run([], new BatchOptions { Runner = _runner }, Token).CheckSuccess().IsSuccess);

    [Fact(Timeout = 120_000)]
    public void CheckSuccess_NamesTheFirstThatFailed()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command, command[0] == "2" ? 7 : 0) };
        BatchReport report = Batch.Run(Commands(3), new BatchOptions { Runner = runner }, Token);

        BatchFailedException failed = Assert.Throws<BatchFailedException>(report.CheckSuccess);

        Assert.Equal("1 of 3 commands failed: number 2 failed with return code 7.", failed.Message);
        Assert.Same(report, failed.Report);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_OfItems_RunsJobsAtOnceAndGivesEachASlotAndItsPlace()
    {
        Task<BatchReport> batch = Batch.RunAsync(
            ["a", "b", "c"], item => ["gzip", item], new BatchOptions { Jobs = 2, Runner = _runner }, Token);
        FakeRun first = await _runner.NextAsync();
        FakeRun second = await _runner.NextAsync();
        (first.Command[1] == "a" ? first : second).Succeed();
        FakeRun third = await _runner.NextAsync();

        Assert.Equal("c", third.Command[1]);
        Assert.Equal("3", third.Options.ExtraEnv!["TELAR_SEQ"]);
        Assert.Equal("1", third.Options.ExtraEnv["TELAR_SLOT"]);
        third.Succeed();
        (first.Command[1] == "a" ? second : first).Succeed();
        Assert.True((await batch).IsSuccess);
        Assert.Equal(2, _runner.MostRunning);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_OfALazyList_ReadsOnlyWhatCanStart()
    {
        int read = 0;
        Task<BatchReport> batch = Batch.RunAsync(
            Enumerable.Range(0, 3).Select(i => (CommandLine)$"{Interlocked.Increment(ref read)}"),
            new BatchOptions { Jobs = 1, Runner = _runner },
            Token);

        for (int i = 1; i <= 3; i++)
        {
            FakeRun run = await _runner.NextAsync();
            Assert.Equal(i, Volatile.Read(ref read));
            run.Succeed();
        }

        Assert.Null((await batch).Results[0].Exception);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_OfAnAsyncSequence_RunsWhatComes()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command) };

        BatchReport report = await Batch.RunAsync(Numbers(5), number => ["echo", $"{number}"], new BatchOptions { Runner = runner }, Token);

        Assert.Equal(["1", "2", "3", "4", "5"], report.Results.Select(result => result.Command[1]));
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WhenAStartFails_IsAResultAndNotTheEnd()
    {
        FakeRunner runner = new()
        {
            AtOnce = command => command[0] == "1" ? throw new FileNotFoundException("no such program") : FakeRunner.Ended(command),
        };

        BatchReport report = await Batch.RunAsync(Commands(2), new BatchOptions { Runner = runner }, Token);

        Assert.Equal([BatchOutcome.Failed, BatchOutcome.Succeeded], report.Results.Select(result => result.Outcome));
        Assert.IsType<FileNotFoundException>(report.Results[0].Exception);
        Assert.Null(report.Results[0].Process);
        Assert.False(report.Results[0].Stdout.IsCaptured);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunFor_GivesEachCommandItsOptions()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command) };
        BatchOptions options = new()
        {
            Runner = runner,
            Jobs = 1,
            RunFor = (seq, command) => new RunOptions { Cwd = $"/{seq}/{command[0]}", Check = true, ExtraEnv = new Dictionary<string, string?> { ["A"] = "b" } },
        };

        _ = await Batch.RunAsync(Commands(2), options, Token);

        Assert.Equal(["/1/1", "/2/2"], runner.Options.Select(run => run.Cwd));
        Assert.All(runner.Options, run => Assert.False(run.Check));
        Assert.All(runner.Options, run => Assert.Equal(["A", "TELAR_SEQ", "TELAR_SLOT"], run.ExtraEnv!.Keys.Order()));
    }

    [Fact(Timeout = 120_000)]
    public async Task DryRun_RunsNothingAndWritesTheCommands()
    {
        MemoryStream stdout = new();
        BatchOptions options = new() { Runner = _runner, DryRun = true, Stdout = stdout, KeepOrder = true, JobLog = "/nowhere/at/all" };

        BatchReport report = await Batch.RunAsync(["a", "b c"], item => ["echo", item], options, Token);

        Assert.Equal("echo a\necho 'b c'\n", Encoding.UTF8.GetString(stdout.ToArray()));
        Assert.All(report.Results, result => Assert.Equal(BatchOutcome.DryRun, result.Outcome));
        Assert.Equal(0, _runner.MostRunning);
    }

    [Fact(Timeout = 120_000)]
    public void Options_OutOfRange_AreRefusedBeforeAnythingStarts()
    {
        BatchOptions[] wrong =
        [
            new() { Jobs = -1 }, new() { Window = 0 }, new() { TimeoutFactor = 0.5 }, new() { TimeoutSamples = 0 }, new() { TimeoutSamples = 256 },
            new() { Retries = -1 }, new() { RetryBackoff = 0.9 }, new() { RetryDelay = -s_second }, new() { Timeout = TimeSpan.Zero },
            new() { StartDelay = -s_second }, new() { JobLogMode = JobLogMode.Resume }, new() { Stdout = Stream.Null, Run = new RunOptions() },
        ];

        foreach (BatchOptions options in wrong)
        {
            Assert.ThrowsAny<ArgumentException>(() => Batch.Run(Commands(1), options with { Runner = _runner }, Token));
            Assert.ThrowsAny<ArgumentException>(() => Batch.Stream(Commands(1), options with { Runner = _runner }, Token));
        }

        Assert.Equal(0, _runner.MostRunning);
    }

    // ---- Results as they come

    [Fact(Timeout = 120_000)]
    public async Task Stream_GivesResultsAsTheyEnd()
    {
        await using IAsyncEnumerator<BatchResult> results =
            Batch.Stream(Commands(2), new BatchOptions { Jobs = 2, Runner = _runner }, Token).GetAsyncEnumerator(Token);
        ValueTask<bool> next = results.MoveNextAsync();
        FakeRun[] runs = await BothAsync();

        runs[1].Succeed();
        Assert.True(await next);
        Assert.Equal(2, results.Current.Seq);
        runs[0].Succeed();
        Assert.True(await results.MoveNextAsync());
        Assert.Equal(1, results.Current.Seq);
        Assert.False(await results.MoveNextAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task Stream_WithKeepOrder_GivesThemInTheOrderOfTheList()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command) };
        List<int> order = [];

        await foreach (BatchResult result in Batch.Stream(Commands(200), new BatchOptions { Jobs = 8, Runner = runner, KeepOrder = true, Window = 9 }, Token))
        {
            order.Add(result.Seq);
        }

        Assert.Equal(Enumerable.Range(1, 200), order);
    }

    [Fact(Timeout = 120_000)]
    public async Task Stream_WhenTheCallerDoesNotTake_StopsAtTheWindow()
    {
        int read = 0;
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command) };
        IEnumerable<CommandLine> endless = Enumerable.Range(0, int.MaxValue).Select(i => (CommandLine)$"{Interlocked.Increment(ref read)}");
        int taken = 0;

        await foreach (BatchResult result in Batch.Stream(endless, new BatchOptions { Jobs = 4, Runner = runner, Window = 5 }, Token))
        {
            taken++;
            Assert.InRange(Volatile.Read(ref read), taken, taken + 5);
            if (taken == 100)
            {
                break;
            }
        }

        Assert.Equal(0, runner.Running);
    }

    [Fact(Timeout = 120_000)]
    public async Task Stream_LeftEarly_StopsWhatRuns()
    {
        IAsyncEnumerator<BatchResult> results = Batch.Stream(Commands(9), new BatchOptions { Jobs = 3, Runner = _runner }, Token).GetAsyncEnumerator(Token);
        ValueTask<bool> next = results.MoveNextAsync();
        (await _runner.NextAsync()).Succeed();
        Assert.True(await next);

        await results.DisposeAsync();

        Assert.Equal(0, _runner.Running);
    }

    // ---- Failures and ends

    [Fact(Timeout = 120_000)]
    public async Task Retries_TryAgainWhatRetryIfAllows()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command, int.Parse(command[0])) };
        BatchOptions options = new() { Runner = runner, Retries = 2, RetryIf = result => result.ReturnCode != 2 };

        BatchReport report = await Batch.RunAsync(Commands(2), options, Token);

        Assert.Equal([3, 1], report.Results.Select(result => result.Attempts));
        Assert.Equal(2, report.Progress.Failed);
    }

    [Fact(Timeout = 120_000)]
    public async Task RetryDelay_PassesOnTheGivenClock()
    {
        FakeClock clock = new();
        Task<BatchReport> batch = Batch.RunAsync(
            Commands(1), new BatchOptions { Runner = _runner, TimeProvider = clock, Retries = 1, RetryDelay = 30 * s_second }, Token);
        (await _runner.NextAsync()).Fail();

        await clock.TimerAsync(30 * s_second).WaitAsync(Token);
        clock.Advance(30 * s_second);
        (await _runner.NextAsync()).Succeed();

        Assert.True((await batch).IsSuccess);
    }

    [Fact(Timeout = 120_000)]
    public async Task Timeout_StopsTheCommandAlone()
    {
        FakeClock clock = new();
        Task<BatchReport> batch = Batch.RunAsync(Commands(2), new BatchOptions { Jobs = 1, Runner = _runner, TimeProvider = clock, Timeout = s_second }, Token);
        _ = await _runner.NextAsync();

        await clock.TimerAsync(s_second).WaitAsync(Token);
        clock.Advance(s_second);
        (await _runner.NextAsync()).Succeed();

        BatchReport report = await batch;
        Assert.Equal([BatchOutcome.TimedOut, BatchOutcome.Succeeded], report.Results.Select(result => result.Outcome));
        Assert.Equal(1, report.Progress.Failed);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WhenCancelled_StopsWhatRunsAndTellsWhatThereIs()
    {
        using CancellationTokenSource stop = new();
        Task<BatchReport> batch = Batch.RunAsync(Commands(9), new BatchOptions { Jobs = 2, Runner = _runner }, stop.Token);
        FakeRun[] runs = await BothAsync();
        runs[0].Succeed();
        _ = await _runner.NextAsync();

        await stop.CancelAsync();

        BatchCanceledException cancelled = await Assert.ThrowsAsync<BatchCanceledException>(() => batch);
        Assert.Equal([BatchOutcome.Succeeded, BatchOutcome.Stopped, BatchOutcome.Stopped], cancelled.Report.Results.Select(result => result.Outcome));
        Assert.Equal(stop.Token, cancelled.CancellationToken);
        Assert.Equal(0, _runner.Running);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WhenCancelledBefore_StartsNothing()
    {
        BatchCanceledException cancelled = await Assert.ThrowsAsync<BatchCanceledException>(
            () => Batch.RunAsync(Commands(9), new BatchOptions { Runner = _runner }, new CancellationToken(canceled: true)));

        Assert.Empty(cancelled.Report.Results);
        Assert.Equal(0, _runner.MostRunning);
    }

    [Fact(Timeout = 120_000)]
    public async Task StopStarting_LetsTheRunningEndInPeace()
    {
        using CancellationTokenSource noMore = new();
        Task<BatchReport> batch = Batch.RunAsync(Commands(9), new BatchOptions { Jobs = 2, Runner = _runner, StopStarting = noMore.Token }, Token);
        FakeRun[] runs = await BothAsync();

        await noMore.CancelAsync();
        runs[0].Succeed();
        runs[1].Succeed();

        BatchReport report = await batch;
        Assert.Equal((2, false, false), (report.Progress.Succeeded, report.IsComplete, report.IsHalted));
        Assert.Equal(2, report.Results.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task Halt_Now_StopsTheOthers()
    {
        Task<BatchReport> batch = Batch.RunAsync(Commands(9), new BatchOptions { Jobs = 2, Runner = _runner, Halt = HaltPolicy.Now(HaltOn.Failure) }, Token);
        FakeRun[] runs = await BothAsync();

        runs[1].Fail();

        BatchReport report = await batch;
        Assert.Equal([BatchOutcome.Stopped, BatchOutcome.Failed], report.Results.Select(result => result.Outcome));
        Assert.Equal((true, false), (report.IsHalted, report.IsComplete));
        Assert.Contains("halted", Assert.Throws<BatchFailedException>(report.CheckSuccess).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WhenTheListFails_StopsWhatRunsAndThrowsThat()
    {
        Task<BatchReport> batch = Batch.RunAsync(Broken(), new BatchOptions { Jobs = 2, Runner = _runner }, Token);
        _ = await _runner.NextAsync();

        Assert.Equal("the list", (await Assert.ThrowsAsync<IOException>(() => batch)).Message);
        Assert.Equal(0, _runner.Running);

        static IEnumerable<CommandLine> Broken()
        {
            yield return "1";
            throw new IOException("the list");
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("RunFor")]
    [InlineData("RetryIf")]
    [InlineData("Progress")]
    [InlineData("Stdout")]
    public async Task RunAsync_WhenCodeOfTheCallerThrows_StopsWhatRunsAndThrowsThat(string what)
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command, 1, stdout: "text") };
        BatchOptions options = new() { Runner = runner, Retries = 1 };
        options = what switch
        {
            "RunFor" => options with { RunFor = (_, _) => throw new IOException(what) },
            "RetryIf" => options with { RetryIf = _ => throw new IOException(what) },
            "Progress" => options with { Progress = new Watcher(_ => throw new IOException(what)) },
            _ => options with { Stdout = new MemoryStream([], writable: false) },
        };

        Exception problem = await Assert.ThrowsAnyAsync<Exception>(() => Batch.RunAsync(Commands(50), options, Token));

        Assert.True(problem is IOException or NotSupportedException, problem.ToString());
        Assert.InRange(runner.Options.Count, 0, 40);
        Assert.Equal(0, runner.Running);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WhenItHaltsWhileTheListBlocks_DoesNotWaitForTheList()
    {
        using ManualResetEventSlim gate = new();
        TaskCompletionSource disposed = new();
        Task<BatchReport> batch = Batch.RunAsync(Blocking(), new BatchOptions { Jobs = 2, Runner = _runner, Halt = HaltPolicy.Soon(HaltOn.End) }, Token);

        (await _runner.NextAsync()).Succeed();

        Assert.True((await batch).IsHalted);
        Assert.False(disposed.Task.IsCompleted);
        gate.Set();
        await disposed.Task.WaitAsync(Token);

        IEnumerable<CommandLine> Blocking()
        {
            try
            {
                yield return "1";
                gate.Wait(Token);
                yield return "2";
            }
            finally
            {
                disposed.SetResult();
            }
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_WhenItEndsWhileAnAsyncListWaits_CancelsTheList(bool byHalt)
    {
        using CancellationTokenSource stop = new();
        TaskCompletionSource waits = new();
        Task<BatchReport> batch = Batch.RunAsync(
            Waiting(Token), new BatchOptions { Jobs = 2, Runner = _runner, Halt = HaltPolicy.Soon(HaltOn.End) }, stop.Token);
        FakeRun run = await _runner.NextAsync();
        await waits.Task.WaitAsync(Token);

        if (byHalt)
        {
            run.Succeed();
            Assert.True((await batch).IsHalted);
        }
        else
        {
            await stop.CancelAsync();
            Assert.Single((await Assert.ThrowsAsync<BatchCanceledException>(() => batch)).Report.Results);
        }

        async IAsyncEnumerable<CommandLine> Waiting([EnumeratorCancellation] CancellationToken token)
        {
            yield return "1";
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(token, stop.Token);
            waits.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, either.Token);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task IsComplete_WhenTheLastCommandsHalt_IsTrue()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command) };

        BatchReport report = await Batch.RunAsync(Commands(2), new BatchOptions { Jobs = 1, Runner = runner, Halt = HaltPolicy.Soon(HaltOn.Success, 2) }, Token);

        Assert.True(report.IsHalted && report.IsComplete);
    }

    // ---- Progress

    [Fact(Timeout = 120_000)]
    public async Task Progress_EndsWithTheWholeTruth()
    {
        List<BatchProgress> seen = [];
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command, command[0] == "2" ? 1 : 0) };

        BatchReport report = await Batch.RunAsync(Commands(500), new BatchOptions { Runner = runner, Progress = new Watcher(seen.Add) }, Token);

        Assert.Equal((500, 499, 1, 0, 1.0), (seen[^1].Total, seen[^1].Succeeded, seen[^1].Failed, seen[^1].Running, seen[^1].Fraction));
        Assert.Equal(TimeSpan.Zero, seen[^1].Remaining);
        Assert.Equal(report.Progress.Done, seen[^1].Done);
        Assert.Equal(seen.Select(progress => progress.Done).Order(), seen.Select(progress => progress.Done));
        Assert.InRange(seen.Count, 1, 400);
    }

    [Fact(Timeout = 120_000)]
    public async Task Progress_OnAClock_ComesEveryTwentiethOfASecondAndTellsWhatIsLeft()
    {
        FakeClock clock = new();
        Channel<BatchProgress> seen = Channel.CreateUnbounded<BatchProgress>();
        Watcher watcher = new(progress => seen.Writer.TryWrite(progress));
        Task<BatchReport> batch = Batch.RunAsync(
            Commands(3), new BatchOptions { Jobs = 1, Runner = _runner, TimeProvider = clock, Progress = watcher }, Token);
        FakeRun first = await _runner.NextAsync();
        clock.Advance(10 * s_second);
        first.Succeed();

        BatchProgress afterOne = await NextAsync(done: 1);
        Assert.Equal((3, 10 * s_second), (afterOne.Total, afterOne.Elapsed));
        Assert.InRange(afterOne.Remaining!.Value, 19 * s_second, 21 * s_second);
        (await _runner.NextAsync()).Succeed();
        FakeRun third = await _runner.NextAsync();
        await clock.TimerAsync(TimeSpan.FromMilliseconds(50)).WaitAsync(Token);
        clock.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(10.05 * s_second, (await NextAsync(done: 2)).Elapsed);
        third.Succeed();
        _ = await batch;

        async Task<BatchProgress> NextAsync(int done)
        {
            while (true)
            {
                BatchProgress progress = await seen.Reader.ReadAsync(Token);
                if (progress.Done == done)
                {
                    return progress;
                }
            }
        }
    }

    internal static IEnumerable<CommandLine> Commands(int count) => [.. Enumerable.Range(1, count).Select(number => (CommandLine)$"{number}")];

    private static async IAsyncEnumerable<int> Numbers(int count)
    {
        for (int number = 1; number <= count; number++)
        {
            await Task.Yield();
            yield return number;
        }
    }

    /// <summary>The first two, in the order of the list.</summary>
    private async Task<FakeRun[]> BothAsync()
    {
        FakeRun[] runs = [await _runner.NextAsync(), await _runner.NextAsync()];
        return [.. runs.OrderBy(run => run.Command[0], StringComparer.Ordinal)];
    }

    private sealed class Watcher(Action<BatchProgress> action) : IProgress<BatchProgress>
    {
        public void Report(BatchProgress value) => action(value);
    }
}
