using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses.Batches;

public sealed class BatchJobLogTests : IDisposable
{
    private const string Header = "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("telar-batch-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => Path.Combine(_folder.FullName, "jobs.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = 120_000)]
    public async Task JobLog_HasTheColumnsThatOthersRead()
    {
        FakeRunner runner = new()
        {
            AtOnce = command => command[0] switch
            {
                "1" => FakeRunner.Ended(command, 0, stdout: "four"),
                "2" => FakeRunner.Ended(command, 3),
                "3" => FakeRunner.Ended(command, -9),
                _ => throw new FileNotFoundException("no such program"),
            },
        };

        _ = await Batch.RunAsync(BatchTests.Commands(4), Options(runner) with { Jobs = 1 }, Token);

        string[] lines = await File.ReadAllLinesAsync(Log, Token);
        Assert.Equal(Header, lines[0]);
        string[][] rows = [.. lines[1..].Select(line => line.Split('\t'))];
        Assert.All(rows, row => Assert.Equal(9, row.Length));
        Assert.Equal(["1 : 0 4 0 0 1", "2 : 0 0 3 0 2", "3 : 0 0 0 9 3", "4 : 0 0 127 0 4"],
            rows.Select(row => string.Join(' ', (string[])[row[0], row[1], row[4], row[5], row[6], row[7], row[8]])));
        Assert.Equal("     1.500", rows[0][3]);
        Assert.All(rows, row => Assert.InRange(double.Parse(row[2], CultureInfo.InvariantCulture), 1.6e9, 4e9));
    }

    [Fact(Timeout = 120_000)]
    public async Task JobLog_KeepsACommandOnOneLineAndSecretsOut()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command) };
        BatchOptions options = Options(runner) with { Run = new RunOptions { CaptureOutput = true, Secrets = ["hunter2"] } };

        _ = await Batch.RunAsync(["a\nb\thunter2"], item => ["echo", item], options, Token);

        string[] lines = await File.ReadAllLinesAsync(Log, Token);
        Assert.Equal(2, lines.Length);
        Assert.EndsWith("\techo 'a\\nb\t***'", lines[1], StringComparison.Ordinal);
        BatchReport again = await Batch.RunAsync(["a\nb\thunter2"], item => ["echo", item], options with { JobLogMode = JobLogMode.Resume }, Token);
        Assert.Equal(BatchOutcome.Skipped, again.Results[0].Outcome);
    }

    [Fact(Timeout = 120_000)]
    public async Task JobLog_ThatIsThere_IsNotForgottenByMistake()
    {
        await File.WriteAllTextAsync(Log, "precious", Token);
        FakeRunner runner = new();

        JobLogException problem = await Assert.ThrowsAsync<JobLogException>(() => Batch.RunAsync(BatchTests.Commands(1), Options(runner), Token));

        Assert.Contains("JobLogMode.Resume", problem.Message, StringComparison.Ordinal);
        Assert.Equal(Log, problem.Path);
        Assert.Equal("precious", await File.ReadAllTextAsync(Log, Token));
        Assert.Equal(0, runner.MostRunning);
    }

    [Fact(Timeout = 120_000)]
    public async Task JobLog_WhenItIsEmptyOrToBeOverwritten_BeginsAnew()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command) };
        await File.WriteAllTextAsync(Log, "", Token);
        _ = await Batch.RunAsync(BatchTests.Commands(3), Options(runner), Token);

        _ = await Batch.RunAsync(BatchTests.Commands(1), Options(runner) with { JobLogMode = JobLogMode.Overwrite }, Token);

        Assert.Equal(2, File.ReadLines(Log).Count());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(JobLogMode.Resume, "3 4", "Skipped Skipped Succeeded Succeeded")]
    [InlineData(JobLogMode.ResumeFailed, "2 3 4", "Skipped Failed Succeeded Succeeded")]
    public async Task Resume_RunsOnlyTheRest(JobLogMode mode, string run, string outcomes)
    {
        FakeRunner first = new() { AtOnce = command => FakeRunner.Ended(command, command[0] == "2" ? 5 : 0) };
        _ = await Batch.RunAsync(BatchTests.Commands(2), Options(first), Token);
        List<string> ran = [];
        FakeRunner second = new()
        {
            AtOnce = command =>
            {
                lock (ran)
                {
                    ran.Add(command[0]);
                }

                return FakeRunner.Ended(command, command[0] == "2" ? 5 : 0);
            },
        };

        BatchReport report = await Batch.RunAsync(BatchTests.Commands(4), Options(second) with { JobLogMode = mode }, Token);

        Assert.Equal(run, string.Join(' ', ran.Order()));
        Assert.Equal(outcomes, string.Join(' ', report.Results.Select(result => result.Outcome)));
        Assert.False(report.IsSuccess);
        Assert.Equal(5, report.Results[1].ReturnCode);
        Assert.Equal(mode == JobLogMode.Resume ? 5 : 6, File.ReadLines(Log).Count());
        Assert.Single(File.ReadLines(Log), line => line == Header);
    }

    [Fact(Timeout = 120_000)]
    public async Task Resume_OfAMissingLog_RunsEverything()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command) };

        Assert.Equal(3, (await Batch.RunAsync(BatchTests.Commands(3), Options(runner) with { JobLogMode = JobLogMode.Resume }, Token)).Progress.Succeeded);
        Assert.Equal(4, File.ReadLines(Log).Count());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(77)]
    [InlineData(80)]
    public async Task Resume_OfALogThatWasCutOff_MendsItAndGoesOn(int cut)
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command) };
        BatchOptions options = Options(runner) with { JobLogMode = JobLogMode.Resume, Jobs = 1 };
        _ = await Batch.RunAsync(BatchTests.Commands(2), options, Token);
        using (FileStream file = File.OpenWrite(Log))
        {
            file.SetLength(cut);
        }

        BatchReport report = await Batch.RunAsync(BatchTests.Commands(2), options, Token);

        Assert.Equal(2, report.Progress.Done);
        string[] lines = await File.ReadAllLinesAsync(Log, Token);
        Assert.Equal([Header, "1", "2"], [lines[0], .. lines[1..].Select(line => line.Split('\t')[8])]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Resume_OfALogOfAnotherList_SaysSoAndChangesNothing()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command) };
        _ = await Batch.RunAsync(["a", "b"], item => ["gzip", item], Options(runner) with { Jobs = 1 }, Token);
        string before = await File.ReadAllTextAsync(Log, Token);

        JobLogException problem = await Assert.ThrowsAsync<JobLogException>(
            () => Batch.RunAsync(["a", "c"], item => ["gzip", item], Options(runner) with { JobLogMode = JobLogMode.Resume }, Token));

        Assert.Contains("its command 2 is `gzip b`, but that of this batch is `gzip c`", problem.Message, StringComparison.Ordinal);
        Assert.Equal(3, problem.Line);
        Assert.Equal(before, await File.ReadAllTextAsync(Log, Token));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("some text\n", 1)]
    [InlineData(Header + "\n1\t:\t0\n", 2)]
    [InlineData(Header + "\nx\t:\t0\t0\t0\t0\t0\t0\ta\n", 2)]
    public async Task Resume_OfAFileThatIsNoLog_SaysWhichLine(string text, int line)
    {
        await File.WriteAllTextAsync(Log, text, Token);

        JobLogException problem = await Assert.ThrowsAsync<JobLogException>(
            () => Batch.RunAsync(BatchTests.Commands(1), Options(new FakeRunner()) with { JobLogMode = JobLogMode.Resume }, Token));

        Assert.Equal(line, problem.Line);
        Assert.Equal(text, await File.ReadAllTextAsync(Log, Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task JobLog_ThatCannotBeOpened_SaysWhy()
    {
        BatchOptions options = Options(new FakeRunner());

        JobLogException problem = await Assert.ThrowsAsync<JobLogException>(
            () => Batch.RunAsync(BatchTests.Commands(1), options with { JobLog = Path.Combine(_folder.FullName, "no", "such") }, Token));

        Assert.Contains("cannot be opened", problem.Message, StringComparison.Ordinal);
        _ = await Assert.ThrowsAsync<JobLogException>(
            () => Batch.RunAsync(BatchTests.Commands(1), options with { JobLog = _folder.FullName }, Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task JobLog_OfABatchThatRuns_IsLockedForOthers()
    {
        FakeRunner runner = new();
        Task<BatchReport> batch = Batch.RunAsync(BatchTests.Commands(1), Options(runner), Token);
        FakeRun run = await runner.NextAsync();

        _ = await Assert.ThrowsAsync<JobLogException>(
            () => Batch.RunAsync(BatchTests.Commands(1), Options(runner) with { JobLogMode = JobLogMode.Overwrite }, Token));
        run.Succeed();

        Assert.True((await batch).IsSuccess);
        Assert.Equal(2, File.ReadLines(Log).Count());
    }

    // Between fork and exec a child has everything open that its parent has, the log included. A second descriptor stands for it here.
    [Fact(Timeout = 120_000)]
    public async Task JobLog_AfterTheBatch_IsFreeEvenWhenAChildIsJustBeingStarted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are looked for in /proc.");
        FakeRunner runner = new();
        Task<BatchReport> batch = Batch.RunAsync(BatchTests.Commands(1), Options(runner), Token);
        FakeRun run = await runner.NextAsync();
        string number = Path.GetFileName(Directory.GetFiles("/proc/self/fd").First(link => new FileInfo(link).LinkTarget == Log));
        using SafeFileHandle own = new(int.Parse(number, CultureInfo.InvariantCulture), ownsHandle: false);
        using SafeFileHandle ofAChild = new(Interop.Libc.fcntl(own, Interop.Libc.F_DUPFD_CLOEXEC, 0), ownsHandle: true);
        run.Succeed();
        _ = await batch;

        BatchReport again = await Batch.RunAsync(BatchTests.Commands(1), Options(runner) with { JobLogMode = JobLogMode.Resume }, Token);

        Assert.Equal(1, again.Progress.Skipped);
    }

    [Fact(Timeout = 120_000)]
    public async Task JobLog_OnAFullDisk_StopsTheBatchAndSaysSo()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        FakeRunner runner = new();

        JobLogException problem = await Assert.ThrowsAsync<JobLogException>(
            () => Batch.RunAsync(BatchTests.Commands(9), Options(runner) with { JobLog = "/dev/full" }, Token));

        Assert.Contains("cannot be written", problem.Message, StringComparison.Ordinal);
        Assert.Equal(0, runner.MostRunning);
    }

    [Fact(Timeout = 120_000)]
    public async Task JobLog_OfAHaltedBatch_LacksWhatWasStopped()
    {
        FakeRunner runner = new();
        Task<BatchReport> batch = Batch.RunAsync(
            BatchTests.Commands(9), Options(runner) with { Jobs = 2, Halt = HaltPolicy.Now(HaltOn.Failure) }, Token);
        FakeRun one = await runner.NextAsync();
        _ = await runner.NextAsync();
        one.Fail();
        _ = await batch;

        Assert.Equal(one.Command[0], Assert.Single(File.ReadLines(Log).Skip(1)).Split('\t')[8]);
    }

    [Fact(Timeout = 120_000)]
    public async Task ResultsDirectory_GetsTheOutputOfEach()
    {
        FakeRunner runner = new() { AtOnce = command => FakeRunner.Ended(command, 0, stdout: $"out {command[0]}", stderr: "err") };

        _ = await Batch.RunAsync(BatchTests.Commands(2), Options(runner) with { ResultsDirectory = _folder.FullName }, Token);

        Assert.Equal("out 2", await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "2", "stdout"), Token));
        Assert.Equal("err", await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "1", "stderr"), Token));
    }

    private BatchOptions Options(FakeRunner runner) => new() { Runner = runner, JobLog = Log };
}
