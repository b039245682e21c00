using System.Text;
using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses.Batches;

public sealed class BatchProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("telar-batch-");

    public BatchProcessTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands are those of a POSIX system.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => Path.Combine(_folder.FullName, "jobs.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_OfManyCommands_RunsAndLogsEachOnce()
    {
        BatchReport report = await Batch.RunAsync(
            Enumerable.Range(1, 200), number => Sh($"echo {number} $TELAR_SEQ; exit $(({number} % 5 == 0))"), new BatchOptions { Jobs = 8, JobLog = Log }, Token);

        Assert.Equal((160, 40), (report.Progress.Succeeded, report.Progress.Failed));
        Assert.All(report.Results, result => Assert.Equal($"{result.Seq} {result.Seq}\n", result.Stdout.Text));
        string[][] rows = [.. File.ReadLines(Log).Skip(1).Select(line => line.Split('\t'))];
        Assert.Equal(Enumerable.Range(1, 200), rows.Select(row => int.Parse(row[0])).Order());
        Assert.All(rows, row => Assert.Equal(int.Parse(row[0]) % 5 == 0 ? "1" : "0", row[6]));
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_GivesNoTwoThatRunTheSameSlot()
    {
        // Each takes its slot by making a directory, which fails when another one has it.
        BatchReport report = await Batch.RunAsync(
            Enumerable.Range(1, 60), _ => Sh("mkdir slot$TELAR_SLOT && rmdir slot$TELAR_SLOT"), Options(3) with { Run = Captured with { Cwd = _folder.FullName } }, Token);

        _ = report.CheckSuccess();
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_OfWhatDiesIsMissingOrFloods_TellsEachApart()
    {
        CommandLine[] commands = [Sh("echo last words; kill -KILL $$"), "/no/such/program", "yes", Sh("echo fine")];

        BatchReport report = await Batch.RunAsync(
            commands, Options(2) with { JobLog = Log, Run = Captured with { MaxOutput = 100_000 } }, Token);

        Assert.Equal([BatchOutcome.Failed, BatchOutcome.Failed, BatchOutcome.Failed, BatchOutcome.Succeeded], report.Results.Select(result => result.Outcome));
        Assert.Equal((-9, "last words\n"), (report.Results[0].ReturnCode, report.Results[0].Stdout.Text));
        _ = Assert.IsType<FileNotFoundException>(report.Results[1].Exception);
        _ = Assert.IsType<OutputLimitException>(report.Results[2].Exception);
        Assert.InRange(report.Results[2].Stdout.Bytes.Length, 1, 100_000);
        Assert.Equal(
            ["1 0 9", "2 127 0", "3 -1 0", "4 0 0"],
            File.ReadLines(Log).Skip(1).Select(line => line.Split('\t')).Select(row => $"{row[0]} {row[6]} {row[7]}").Order());
    }

    [Fact(Timeout = 120_000)]
    public async Task Timeout_StopsTheCommandAndKeepsWhatItSaid()
    {
        BatchReport report = await Batch.RunAsync(
            [Sh("echo started; exec sleep 1000"), Sh("echo fine")],
            Options(2) with { JobLog = Log, Timeout = TimeSpan.FromSeconds(1), Retries = 1 },
            Token);

        Assert.Equal((BatchOutcome.TimedOut, 2, "started\n"), (report.Results[0].Outcome, report.Results[0].Attempts, report.Results[0].Stdout.Text));
        Assert.Equal(BatchOutcome.Succeeded, report.Results[1].Outcome);
        Assert.Equal("-1", File.ReadLines(Log).Single(line => line.StartsWith("1\t", StringComparison.Ordinal)).Split('\t')[6]);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WhenCancelled_StopsTheChildrenAndResumeRunsThemAgain()
    {
        using CancellationTokenSource stop = new();
        using Watched stdout = new(stop, lines: 3);
        CommandLine[] commands = [Sh("exit 0"), Wait(2), Wait(3), Wait(4), Wait(5)];
        BatchOptions options = Options(3) with { JobLog = Log };

        BatchCanceledException cancelled = await Assert.ThrowsAsync<BatchCanceledException>(
            () => Batch.RunAsync(commands, options with { Stdout = stdout, Grouping = OutputGrouping.ByLine }, stop.Token));

        Assert.Equal("Succeeded Stopped Stopped Stopped", string.Join(' ', cancelled.Report.Results.Select(result => result.Outcome)));
        Assert.All(cancelled.Report.Results.Skip(1), result => Assert.Equal("started\n", result.Stdout.Text));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "gate"), "", Token);

        BatchReport report = await Batch.RunAsync(commands, options with { JobLogMode = JobLogMode.Resume }, Token);

        Assert.Equal((1, 4), (report.Progress.Skipped, report.Progress.Succeeded));
        Assert.Equal(6, File.ReadLines(Log).Count());

        CommandLine Wait(int number) =>
            CommandLine.Shell("[ -e \"$0/gate\" ] || { echo started; exec sleep 1000; }", _folder.FullName, $"{number}");
    }

    [Fact(Timeout = 120_000)]
    public async Task Grouping_ByLine_NeverMixesWithinALine()
    {
        MemoryStream output = new();
        const string script = "for i in 1 2 3 4 5 6 7 8 9 10; do printf %s aaaaaaaaaa; echo bbbbbbbbbb; echo cccccccccc >&2; done";

        _ = await Batch.RunAsync(
            Enumerable.Range(1, 8),
            _ => Sh(script),
            Options(4) with { Stdout = output, Stderr = output, Grouping = OutputGrouping.ByLine, Tag = (seq, _) => $"{seq}:" },
            Token);

        string[] lines = Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n');
        IEnumerable<string> expected = Enumerable.Range(1, 8)
            .SelectMany(seq => Enumerable.Repeat($"{seq}:aaaaaaaaaabbbbbbbbbb", 10).Concat(Enumerable.Repeat($"{seq}:cccccccccc", 10)));
        Assert.Equal(expected.Order(), lines.Order());
    }

    [Fact(Timeout = 120_000)]
    public async Task Grouping_ByLine_WhenTheStreamFails_StopsAndThrowsThat()
    {
        await using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

        _ = await Assert.ThrowsAsync<IOException>(
            () => Batch.RunAsync([Sh("yes"), Sh("yes")], Options(2) with { Stdout = full, Grouping = OutputGrouping.ByLine, Run =
                Captured with { MaxOutput = 1 << 20, Overflow = OutputOverflow.KeepFirst } }, Token));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(OutputGrouping.ByLine)]
    [InlineData(OutputGrouping.ByJob)]
    public async Task Output_ThatGoesElsewhere_IsNotKeptInMemory(OutputGrouping grouping)
    {
        const int lineCount = 100_000;
        MemoryStream stdout = new();
        string results = Path.Combine(_folder.FullName, "results");

        BatchReport report = await Batch.RunAsync(
            [Sh($"yes 0123456789 | head -n {lineCount}; echo oops >&2; printf unended")],
            Options(1) with
            {
                JobLog = Log,
                ResultsDirectory = grouping == OutputGrouping.ByJob ? results : null,
                Stdout = stdout,
                Grouping = grouping,
                Tag = (seq, _) => $"{seq}:",
            },
            Token);

        BatchResult result = Assert.Single(report.Results);
        Assert.Equal((64 * 1024, true, "oops\n"), (result.Stdout.Length, result.Stdout.IsTruncated, result.Stderr.Text));
        Assert.EndsWith("0123456789\nunended", result.Stdout.Text, StringComparison.Ordinal);
        string[] lines = Encoding.UTF8.GetString(stdout.ToArray()).Split('\n');
        Assert.Equal((lineCount + 2, "1:unended", ""), (lines.Length, lines[^2], lines[^1]));
        Assert.All(lines[..lineCount], line => Assert.Equal("1:0123456789", line));
        Assert.Equal($"{(11 * lineCount) + 7}", File.ReadLines(Log).Last().Split('\t')[5]);
        if (grouping == OutputGrouping.ByJob)
        {
            Assert.Equal((11 * lineCount) + 7, new FileInfo(Path.Combine(results, "1", "stdout")).Length);
            Assert.Equal("oops\n", await File.ReadAllTextAsync(Path.Combine(results, "1", "stderr"), Token));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task ResultsDirectory_OfARetriedCommand_HasTheLastAttempt_AndOfAStoppedOneWhatThereWas()
    {
        string results = Path.Combine(_folder.FullName, "results");

        _ = await Batch.RunAsync(
            [
                CommandLine.Shell("[ -e \"$0\" ] && echo second || { touch \"$0\"; echo the first attempt; exit 1; }", Path.Combine(_folder.FullName, "mark")),
                Sh("echo partial; exec sleep 1000"),
            ],
            Options(2) with { ResultsDirectory = results, Retries = 1, Timeout = TimeSpan.FromSeconds(1) },
            Token);

        Assert.Equal("second\n", await File.ReadAllTextAsync(Path.Combine(results, "1", "stdout"), Token));
        Assert.Equal("partial\n", await File.ReadAllTextAsync(Path.Combine(results, "2", "stdout"), Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task ResultsDirectory_OnAFullDisk_StopsTheBatchAndThrowsThat()
    {
        string one = Directory.CreateDirectory(Path.Combine(_folder.FullName, "results", "1")).FullName;
        _ = File.CreateSymbolicLink(Path.Combine(one, "stdout"), "/dev/full");

        _ = await Assert.ThrowsAsync<IOException>(() => Batch.RunAsync(
            [Sh("yes"), Sh("sleep 1000")], Options(2) with { ResultsDirectory = Path.Combine(_folder.FullName, "results") }, Token));
    }

    private static RunOptions Captured { get; } = new() { CaptureOutput = true };

    private static BatchOptions Options(int jobs) => new() { Jobs = jobs, Run = Captured };

    private static CommandLine Sh(string script) => CommandLine.Shell(script);

    /// <summary>Cancels when it has got so many lines.</summary>
    private sealed class Watched(CancellationTokenSource stop, int lines) : MemoryStream
    {
        private int _left = lines;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (--_left == 0)
            {
                await stop.CancelAsync();
            }
        }
    }
}
