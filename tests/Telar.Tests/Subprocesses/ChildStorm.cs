using System.Globalization;
using Telar.Internal.Processes;
using Telar.Subprocesses;

namespace Telar.Tests.Subprocesses;

/// <summary>
/// Children started and ended from several threads under mixed faults. Each must be told exactly as it ended; afterwards there is
/// no child, no orphan, no descriptor and no thread that was not there before.
/// </summary>
/// <remarks>Nothing else may start children in this process meanwhile.</remarks>
internal sealed class ChildStorm(int seed)
{
    private const int Kinds = 12;

    private static readonly RunOptions s_capture = new() { CaptureOutput = true, Stop = StopPolicy.Kill };

    // As the last argument of whatever does not end by itself, it tells the orphans of this storm from all other processes.
    private readonly string _mark = string.Create(CultureInfo.InvariantCulture, $"1000.{Environment.ProcessId}{seed}");

    /// <summary>Runs the storm.</summary>
    /// <param name="children">How many are started, more or less evenly by each thread.</param>
    /// <param name="threads">How many threads start them.</param>
    /// <param name="token">Ends it early.</param>
    public async Task RunAsync(int children, int threads, CancellationToken token)
    {
        await OneOfEachAsync(token); // What is opened once for all children is open after these.
        HashSet<string> before = Descriptors();
        HashSet<string> threadsBefore = Threads();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var random = new Random((seed * 100) + thread);
                for (int i = thread; i < children; i += threads)
                {
                    token.ThrowIfCancellationRequested();
                    One(random.Next(Kinds), random, token);
                }
            },
            token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        await AssertSoonAsync("children", () => [.. Mine().Select(static stat => $"{stat}")], token);
        await AssertSoonAsync("orphans", Orphans, token);
        await AssertSoonAsync("descriptors", () => [.. Descriptors().Except(before)], token);
        await AssertSoonAsync("threads", () => [.. Threads().Except(threadsBefore)], token);
    }

    private async Task OneOfEachAsync(CancellationToken token)
    {
        for (int kind = 0; kind < Kinds; kind++)
        {
            await Task.Factory.StartNew(
                () => One(kind, new Random(seed), token), token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void One(int kind, Random random, CancellationToken token)
    {
        int number = random.Next(1, 126);
        CommandLine endless = ["sleep", _mark];
        CommandLine tree = ["sh", "-c", "setsid sleep $1 & echo begun; sleep $1", "sh", _mark];
        RunOptions briefly = s_capture with { Timeout = TimeSpan.FromMilliseconds(random.Next(10)) };
        switch (kind)
        {
            case 0:
                Expect(number, Subprocess.Call(["sh", "-c", $"exit {number}"], cancellationToken: token));
                break;
            case 1:
                CompletedProcess run = Subprocess.RunAsync(["sh", "-c", $"echo {number}; exit {number}"], s_capture, token).GetAwaiter().GetResult();
                Expect((number, $"{number}\n"), (run.ReturnCode, run.Stdout.Text));
                break;
            case 2:
                Expect(-9, Ended(endless, static child => child.Kill(), isAsync: random.Next(2) == 0, token));
                break;
            case 3:
                Expect(-15, Ended(endless, static child => child.Terminate(), isAsync: random.Next(2) == 0, token));
                break;
            case 4:
                Expect(-6, Subprocess.Call(["sh", "-c", "ulimit -c 0; kill -ABRT $$"], cancellationToken: token));
                break;
            case 5:
                Assert.Throws<TimeoutExpiredException>(() => Subprocess.Run(endless, briefly, token));
                break;
            case 6:
                Assert.Throws<TimeoutExpiredException>(() => Subprocess.RunAsync(tree, briefly, token).GetAwaiter().GetResult());
                break;
            case 7:
                Cancelled(tree, random);
                break;
            case 8:
                Assert.Throws<FileNotFoundException>(() => Subprocess.Run("telar-none", s_capture, token));
                break;
            case 9:
                new Popen(endless, new PopenOptions { Stdin = Stdio.Pipe, Stop = StopPolicy.Kill }).Dispose();
                break;
            case 10:
                byte[] input = new byte[number * 1000];
                Expect(input.Length, Subprocess.Run("cat", s_capture with { Input = input }, token).Stdout.Length);
                break;
            default:
                Expect(0, Subprocess.Run(["head", "-c", "1"], s_capture with { Input = new byte[200_000] }, token).ReturnCode);
                break;
        }
    }

    private static int Ended(CommandLine command, Func<Popen, bool> end, bool isAsync, CancellationToken token)
    {
        using var child = new Popen(command);
        Assert.True(end(child));
        return isAsync ? child.WaitAsync(cancellationToken: token).GetAwaiter().GetResult() : child.Wait(cancellationToken: token);
    }

    private static void Cancelled(CommandLine command, Random random)
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(10)));
        bool isAsync = random.Next(2) == 0;
        Assert.ThrowsAny<OperationCanceledException>(() => isAsync
            ? Subprocess.RunAsync(command, s_capture, cancel.Token).GetAwaiter().GetResult()
            : Subprocess.Run(command, s_capture, cancel.Token));
    }

    private void Expect<T>(T expected, T found) =>
        Assert.True(EqualityComparer<T>.Default.Equals(expected, found), $"{found} was told, where it was {expected} (seed {seed}).");

    // A process that was killed is gone a little later, and a thread that was ended too: what stays is what was left behind.
    private async Task AssertSoonAsync(string what, Func<string[]> left, CancellationToken token)
    {
        string[] found = left();
        for (int look = 0; look < 200 && found.Length > 0; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(25), token);
            found = left();
        }

        Assert.True(found.Length == 0, $"{found.Length} {what} are left (seed {seed}): {string.Join(", ", found.Take(10))}");
    }

    private static IEnumerable<ProcStat> Mine() =>
        ProcFile.NumbersIn("/proc")
            .Select(static pid => (IsThere: ProcStat.TryRead(pid, out ProcStat stat), Stat: stat))
            .Where(static found => found.IsThere && found.Stat.ParentPid == Environment.ProcessId)
            .Select(static found => found.Stat);

    private string[] Orphans() =>
        [.. ProcFile.NumbersIn("/proc").Where(pid => Arguments(pid).Contains(_mark)).Select(static pid => $"{pid}")];

    private static string[] Arguments(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // It has ended meanwhile.
        }
    }

    private static HashSet<string> Threads() =>
        [.. ProcFile.NumbersIn("/proc/self/task").Select(static id => $"{id} {NameOf(id)}").Where(static thread => thread.Contains("Telar", StringComparison.Ordinal))];

    private static string NameOf(int thread)
    {
        try
        {
            return File.ReadAllText($"/proc/self/task/{thread}/comm").Trim();
        }
        catch (IOException)
        {
            return ""; // It has ended meanwhile.
        }
    }

    private static HashSet<string> Descriptors() =>
        [.. Directory.GetFiles("/proc/self/fd")
            .Select(static path => $"{Path.GetFileName(path)} -> {new FileInfo(path).LinkTarget}")
            .Where(static entry => entry.Contains("pipe:", StringComparison.Ordinal) || entry.Contains("pidfd", StringComparison.Ordinal)
                || entry.Contains("anon_inode", StringComparison.Ordinal) || entry.Contains("/dev/", StringComparison.Ordinal))];
}
