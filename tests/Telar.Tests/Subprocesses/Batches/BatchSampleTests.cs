using Telar.Subprocesses;
using Xunit;

namespace Telar.Tests.Subprocesses.Batches;

/// <summary>samples/Batch, interrupted in every way: its job log is right, and it goes on where it was.</summary>
public sealed class BatchSampleTests : IDisposable
{
    // Item 4 waits for ever until there is a file named gate; the others say their name and end.
    private const string Script = "[ $1 != 4 ] || [ -e gate ] || exec sleep 1000; echo $1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("telar-batch-");

    public BatchSampleTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands are those of a POSIX system.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => Path.Combine(_folder.FullName, "jobs.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = 120_000)]
    public async Task Killed_ItResumesWhereItWas()
    {
        using (Popen batch = await StartUntilItWaitsAsync())
        {
            _ = batch.SendSignal(Signal.SIGKILL);
            Assert.Equal(-9, await batch.WaitAsync(cancellationToken: Token));
        }

        await ResumeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task InterruptedTwice_ItStopsInOrderAndResumes()
    {
        using (Popen batch = await StartUntilItWaitsAsync())
        {
            _ = batch.SendSignal(Signal.SIGINT);
            _ = batch.SendSignal(Signal.SIGINT);

            // Two signals may come as one: then the batch waits for what runs.
            while (await EndsWithinASecondAsync(batch) is false)
            {
                _ = batch.SendSignal(Signal.SIGINT);
            }

            Assert.Equal(130, batch.ReturnCode);
        }

        await ResumeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task RunToItsEnd_ItsExitCodeIsTheNumberOfFailures()
    {
        CompletedProcess batch = await Subprocess.RunAsync(
            [Program, "-j2", "-k", "--tag", "--halt", "never", "sh", "-c", "echo $1; exit $1", "_", "{}", ":::", "0", "1", "2"],
            new RunOptions { CaptureOutput = true, Cwd = _folder.FullName },
            Token);

        Assert.Equal((2, "1\t0\n2\t1\n3\t2\n"), (batch.ReturnCode, batch.Stdout.Text));
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "../../Batch/release/Batch");

    private static async Task<bool> EndsWithinASecondAsync(Popen batch)
    {
        try
        {
            _ = await batch.WaitAsync(TimeSpan.FromSeconds(1), Token);
            return true;
        }
        catch (TimeoutExpiredException)
        {
            return false;
        }
    }

    private CommandLine Arguments(params string[] more) =>
        [Program, "-j1", "--joblog", Log, .. more, "sh", "-c", Script, "_", "{}", ":::", "1", "2", "3", "4", "5"];

    private async Task<Popen> StartUntilItWaitsAsync()
    {
        Popen batch = new(Arguments(), new PopenOptions { Stdout = Stdio.Pipe, Stderr = Stdio.DevNull, Cwd = _folder.FullName });
        for (int item = 1; item <= 3; item++)
        {
            Assert.Equal($"{item}", await batch.StdoutText!.ReadLineAsync(Token));
        }

        Assert.Equal(["1", "2", "3"], Logged());
        return batch;
    }

    private async Task ResumeAsync()
    {
        Assert.Equal(["1", "2", "3"], Logged());
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "gate"), "", Token);

        CompletedProcess batch = await Subprocess.RunAsync(
            Arguments("--resume"), new RunOptions { CaptureOutput = true, Cwd = _folder.FullName }, Token);

        Assert.Equal((0, "4\n5\n", ""), (batch.ReturnCode, batch.Stdout.Text, batch.Stderr.Text));
        Assert.Equal(["1", "2", "3", "4", "5"], Logged());
    }

    private IEnumerable<string> Logged() => File.ReadLines(Log).Skip(1).Select(line => line.Split('\t')[0]);
}
