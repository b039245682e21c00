using System.Diagnostics;
using System.Globalization;
using Telar.Concurrent.Futures;

namespace Telar.Stress;

/// <summary>Kills the workers of a busy pool at random moments and accounts for every call.</summary>
/// <remarks>
/// Each call notes its beginning and its end in a file that all workers append to, a line a write, so that what has run is known
/// however the workers ended.
/// </remarks>
internal sealed class KillRun(int seed, int kills, TimeSpan patience)
{
    private const int Retries = 1000;
    private const int Window = 64;
    private const int Workers = 3;
    private const int LongestPause = 60;

    private readonly Random _random = new(seed);
    private readonly List<(Future<int> Future, bool Retried)> _calls = [];

    /// <summary>Plays the run and accounts for it.</summary>
    public async Task<KillTotals> RunAsync(CancellationToken cancellationToken)
    {
        string log = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"telar-kills-{Environment.ProcessId}-{seed}"));
        try
        {
            AppendLog.Create(log);
            return await RunAsync(log, cancellationToken);
        }
        finally
        {
            File.Delete(log);
        }
    }

    private async Task<KillTotals> RunAsync(string log, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions
        {
            MaxWorkers = Workers,
            MaxStartFailures = 1000,
            WorkerOutput = static _ => { },
        });
        int killed = 0;
        HashSet<string> victims = [];
        List<(Future<int> Future, bool Retried)> open = [];
        while (killed < kills && watch.Elapsed < patience)
        {
            cancellationToken.ThrowIfCancellationRequested();
            open.RemoveAll(static call => call.Future.IsDone);
            while (open.Count < Window)
            {
                open.Add(Submit(pool, log));
            }

            // Long enough for work to be done; then one, two or all at once.
            await Task.Delay(_random.Next(LongestPause), cancellationToken);
            WorkerStatistics[] alive = [.. pool.Statistics.Workers.Where(static worker => worker.Status is WorkerStatus.Working or WorkerStatus.Idle)];
            _random.Shuffle(alive);

            // By name: on a busy machine process ids come round again within a run, and a worker with a victim's would never be killed.
            foreach (WorkerStatistics victim in alive.Take(_random.Next(1, Workers + 1)).Where(worker => victims.Add(worker.Name)))
            {
                _ = Interop.Libc.kill(victim.ProcessId, 9);
                killed++;
            }
        }

        foreach ((Future<int> future, _) in open)
        {
            Assert.True(Futures.Wait([future], TimeSpan.FromSeconds(60), cancellationToken: cancellationToken).NotDone.Count == 0, "A call did not end.");
        }

        PoolStatistics end = pool.Statistics;
        Account(File.ReadAllLines(log), end);
        Assert.True(killed >= kills, $"Only {killed} of {kills} kills in {patience}.");
        return new KillTotals(killed, end.WorkersDied, _calls.Count, end.CallsSucceeded, end.CallsFailed, end.CallsRetried, watch.Elapsed);
    }

    private (Future<int> Future, bool Retried) Submit(ProcessPoolExecutor pool, string log)
    {
        int number = _calls.Count;
        bool retried = _random.Next(2) == 0;
        int work = _random.Next(4) switch { 0 => 0, 1 => 20_000, 2 => 200_000, _ => 600_000 };
        bool big = _random.Next(20) == 0;
        byte[] load = big ? new byte[200_000] : [];
        Future<int> future = pool.Submit(
            () =>
            {
                AppendLog.Add(log, $"begin {number}");
                Thread.SpinWait(work);
                AppendLog.Add(log, $"end {number}");
                return number + load.Length;
            },
            new CallOptions { Retries = retried ? Retries : 0 });
        _calls.Add((future, retried));
        return _calls[^1];
    }

    private void Account(string[] lines, PoolStatistics end)
    {
        int[] begins = new int[_calls.Count];
        int[] ends = new int[_calls.Count];
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ');
            (parts[0] == "begin" ? begins : ends)[int.Parse(parts[1], CultureInfo.InvariantCulture)]++;
        }

        int failed = 0;
        for (int i = 0; i < _calls.Count; i++)
        {
            (Future<int> future, bool retried) = _calls[i];
            Assert.True(future.IsDone, $"Call {i} has not ended (seed {seed}).");
            Exception? failure = future.Exception();
            if (failure is null)
            {
                Assert.Equal(i, future.Result() % 200_000);
                Assert.True(ends[i] >= 1, $"Call {i} has a result and never ended (seed {seed}).");
            }
            else
            {
                Assert.True(failure is WorkerDiedException, $"Call {i} ended with another exception (seed {seed}): {failure}");
                WorkerDiedException death = (WorkerDiedException)failure;
                Assert.False(retried, $"Call {i} was to be retried and failed: {death.Message} (seed {seed}).");
                Assert.Equal("SIGKILL", death.Signal);
                Assert.Equal(1, death.Attempts);
                failed++;
            }

            if (!retried)
            {
                // The heart of it: what may not run twice does not.
                Assert.True(begins[i] <= 1, $"Call {i} was begun {begins[i]} times without leave (seed {seed}).");
                Assert.True(ends[i] <= 1, $"Call {i} ended {ends[i]} times (seed {seed}).");
            }
        }

        Assert.Equal(_calls.Count, end.CallsSubmitted);
        Assert.Equal(_calls.Count - failed, end.CallsSucceeded);
        Assert.Equal(failed, end.CallsFailed);
        Assert.Equal(0, end.CallsCancelled);
        Assert.Equal(0, end.CallsPending + end.CallsRunning);

        // A death costs one call at most, and nothing else costs any.
        Assert.True(failed + end.CallsRetried <= end.WorkersDied, $"{failed} failed and {end.CallsRetried} were retried for {end.WorkersDied} deaths (seed {seed}).");
        Assert.True(begins.Sum() <= _calls.Count + end.CallsRetried, $"{begins.Sum()} begins of {_calls.Count} calls and {end.CallsRetried} retries (seed {seed}).");
    }
}
