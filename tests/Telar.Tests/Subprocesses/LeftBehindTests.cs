using System.Diagnostics;
using Telar.Subprocesses;
using Telar.Tests.Internal.Processes;
using Xunit;

namespace Telar.Tests.Subprocesses;

/// <summary>What runs leave behind in this process, which nothing else may use meanwhile.</summary>
[Collection(ChildProcessGroup.Name)]
public class LeftBehindTests
{
    private const int Limit = 120_000;

    private static readonly RunOptions s_capture = new() { CaptureOutput = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenCancelledAtRandomMoments_LeavesNothing(bool isAsync)
    {
        _ = await Runs.Run(isAsync, "true", s_capture, Token);
        HashSet<string> before = Descriptors();
        var random = new Random(6);
        for (int i = 0; i < 60; i++)
        {
            using var cancel = new CancellationTokenSource();
            Task<CompletedProcess> run = Runs.Run(
                isAsync,
                Runs.Sh("cat & echo begun; wait"),
                s_capture with { Input = new byte[200_000], Stop = StopPolicy.Kill },
                cancel.Token);
            long end = Stopwatch.GetTimestamp() + random.Next(5_000_000);
            while (Stopwatch.GetTimestamp() < end && !run.IsCompleted)
            {
                await Task.Yield();
            }

            await cancel.CancelAsync();
            try
            {
                Assert.Equal(0, (await run).ReturnCode);
            }
            catch (OperationCanceledException e)
            {
                Assert.Equal(cancel.Token, e.CancellationToken);
            }
        }

        AssertNothingLeft(before);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ThatFailsInEveryWay_LeavesNothing(bool isAsync)
    {
        _ = await Runs.Run(isAsync, "true", s_capture, Token);
        HashSet<string> before = Descriptors();
        RunOptions throws = new() { Stdout = Stdio.Lines(_ => throw new InvalidDataException()), Stop = StopPolicy.Kill };
        for (int i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<FileNotFoundException>(() => Runs.Run(isAsync, "telar-none", s_capture, Token));
            await Assert.ThrowsAsync<InvalidDataException>(() => Runs.Run(isAsync, "yes", throws, Token));
            await Assert.ThrowsAsync<OutputLimitException>(() => Runs.Run(isAsync, "yes", s_capture with { MaxOutput = 1 }, Token));
            await Assert.ThrowsAsync<TimeoutExpiredException>(
                () => Runs.Run(isAsync, "yes", s_capture with { Timeout = TimeSpan.FromMilliseconds(5) }, Token));
            await Assert.ThrowsAsync<CalledProcessException>(() => Runs.Run(isAsync, "false", s_capture with { Check = true }, Token));
        }

        AssertNothingLeft(before);
    }

    [Fact(Timeout = Limit)]
    public Task Run_InAProgramThatDoesNothingElse_TakesNoThread()
    {
        // Whatever was started before is there already; a run must not add to it.
        _ = Subprocess.Run("true", s_capture, CancellationToken.None);
        string[] before = Threads();

        for (int i = 0; i < 20; i++)
        {
            _ = Subprocess.Run("cat", s_capture with { Input = "x", Timeout = TimeSpan.FromMinutes(1) }, CancellationToken.None);
        }

        string[] added = [.. Threads().Except(before).Where(name => name.StartsWith("Telar", StringComparison.Ordinal))];
        Assert.Equal([], added);
        return Task.CompletedTask;
    }

    // With an environment that is given: .NET tells its own only as a copy, some 200 bytes for each variable, which would hide the
    // rest.
    [Fact(Timeout = Limit)]
    public Task Run_OfASmallProgram_AllocatesLittle()
    {
        RunOptions options = s_capture with { Env = new Dictionary<string, string> { ["PATH"] = "/bin:/usr/bin" } };
        const int Runs = 50;
        const int MostBytes = 6 * 1024;
        CommandLine command = ["echo", "x"];
        for (int i = 0; i < 5; i++)
        {
            _ = Subprocess.Run(command, options, CancellationToken.None);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Runs; i++)
        {
            _ = Subprocess.Run(command, options, CancellationToken.None);
        }

        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / Runs;
        Assert.True(each <= MostBytes, $"{each} bytes a run");
        return Task.CompletedTask;
    }

    private static string[] Threads() =>
        [.. Directory.GetDirectories("/proc/self/task").Select(task => File.ReadAllText(Path.Combine(task, "comm")).Trim()
            + " " + Path.GetFileName(task))];

    private static HashSet<string> Descriptors() =>
        [.. Directory.GetFiles("/proc/self/fd").Select(file => $"{Path.GetFileName(file)} {new FileInfo(file).LinkTarget}")
            .Where(entry => entry.Contains("pipe:", StringComparison.Ordinal) || entry.Contains("anon_inode", StringComparison.Ordinal)
                || entry.Contains("pidfd", StringComparison.Ordinal))];

    private static void AssertNothingLeft(HashSet<string> before)
    {
        string[] added = [.. Descriptors().Except(before).Where(entry => !entry.Contains("eventpoll", StringComparison.Ordinal))];
        Assert.Equal([], added);
        string children = Subprocess.CheckOutput(
            ["sh", "-c", $"cat /proc/{Environment.ProcessId}/task/*/children; echo $$"], cancellationToken: CancellationToken.None).Text;
        string[] ids = children.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.All(ids[..^1], id => Assert.Equal(ids[^1], id));
    }
}
