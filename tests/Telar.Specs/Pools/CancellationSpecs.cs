using System.Globalization;
using Telar.Concurrent.Futures;
using Telar.Specs.Support;
using Telar.Stress;

namespace Telar.Specs.Pools;

/// <summary>What Cancel says is what happened: counted in a file that the calls write to.</summary>
public sealed class CancellationSpecs : ProcessSpec
{
    [Theory(Timeout = 120_000)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 20_000)]
    public async Task I_can_cancel_at_any_moment_and_a_cancelled_call_has_not_run(int workers, int work)
    {
        const int Calls = 3000;
        string log = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"telar-cancel-{Environment.ProcessId}-{workers}-{work}"));
        try
        {
            AppendLog.Create(log);
            Future<int>[] futures = new Future<int>[Calls];
            bool[] cancelled = new bool[Calls];
            await using (ProcessPoolExecutor pool = new(workers))
            {
                await pool.Submit(static () => 0);
                Random random = new(workers + work);
                for (int i = 0; i < Calls; i++)
                {
                    int number = i;
                    futures[i] = pool.Submit(() => Note(log, number, work));
                    int back = random.Next(0, 40);
                    if (random.Next(2) == 0 && i >= back)
                    {
                        cancelled[i - back] |= futures[i - back].Cancel();
                    }

                    Thread.SpinWait(random.Next(2000));
                }

                await Task.WhenAll(futures.Select(static future => Task.Run(() => future.Exception() ?? null)).Select(static async task =>
                {
                    try
                    {
                        await task;
                    }
                    catch (FutureCancelledException)
                    {
                        // Looked at below.
                    }
                }));
            }

            int[] runs = new int[Calls];
            foreach (string line in File.ReadLines(log))
            {
                runs[int.Parse(line, CultureInfo.InvariantCulture)]++;
            }

            for (int i = 0; i < Calls; i++)
            {
                Assert.True(futures[i].IsDone);
                Assert.Equal(cancelled[i], futures[i].IsCancelled);
                Assert.True(runs[i] == (cancelled[i] ? 0 : 1), $"Call {i} ran {runs[i]} times; cancelled: {cancelled[i]}.");
            }

            Assert.InRange(cancelled.Count(static one => one), 1, Calls - 1);
        }
        finally
        {
            File.Delete(log);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_find_no_future_open_after_stopping_calls_at_every_moment()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 2, CancelGrace = TimeSpan.FromSeconds(20) });
        Random random = new(5);
        List<Future<int>> futures = [];
        for (int i = 0; i < 600; i++)
        {
            futures.Add(pool.Submit(static token => token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)) ? throw new OperationCanceledException(token) : 1));
            Thread.SpinWait(random.Next(20_000));
            Future<int> victim = futures[random.Next(futures.Count)];
            victim.CancelRunning();
        }

        foreach (Future<int> future in futures)
        {
            future.CancelRunning();
        }

        foreach (Future<int> future in futures)
        {
            await Assert.ThrowsAsync<FutureCancelledException>(() => future.ResultAsync(TimeSpan.FromSeconds(20), Token));
        }

        // All of them obeyed, so nobody was killed.
        Assert.Equal(0, pool.Statistics.WorkersDied);
        Assert.Equal(1, await pool.Submit(static () => 1));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_retry_a_poisonous_call_and_am_told_how_often_it_was_tried()
    {
        await using ProcessPoolExecutor pool = new(2);
        Future<int>[] others = [.. Enumerable.Range(0, 20).Select(number => pool.Submit(() => number))];

        WorkerDiedException death = await Assert.ThrowsAsync<WorkerDiedException>(() => pool.SubmitAsync(
            static () =>
            {
                _ = Interop.Libc.kill(Environment.ProcessId, 9);
                return 0;
            },
            new CallOptions { Retries = 2, Name = "poison" }));

        Assert.Equal(3, death.Attempts);
        Assert.Contains("attempt 3", death.Message, StringComparison.Ordinal);
        Assert.Equal(2, pool.Statistics.CallsRetried);
        Assert.Equal(3, pool.Statistics.WorkersDied);
        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(others.Select(static call => call.AsTask())));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_resize_under_load_and_recycle_workers_and_lose_no_call()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, MaxTasksPerChild = 40 });
        List<Future<int>> futures = [];
        for (int i = 0; i < 800; i++)
        {
            int number = i;
            futures.Add(pool.Submit(() => number));
            if (i % 100 == 50)
            {
                pool.Resize(1 + (i / 100 % 4));
            }
        }

        Assert.Equal(Enumerable.Range(0, 800), await Task.WhenAll(futures.Select(static future => future.AsTask())));
        Assert.All(pool.Statistics.Workers, static worker => Assert.InRange(worker.Calls, 0, 40));
        Assert.Equal(0, pool.Statistics.WorkersDied);
    }

    /// <summary>Seen red: the cancellation waited for a thread of the worker's pool, and the worker was killed after the grace.</summary>
    [Fact(Timeout = 120_000)]
    public async Task I_can_stop_a_call_that_has_blocked_the_thread_pool_of_its_worker_without_losing_the_worker()
    {
        await using ProcessPoolExecutor pool = new(1);
        int process = await pool.Submit(static () => Environment.ProcessId);
        Future<int> blocking = pool.Submit(
            static token =>
            {
                ThreadPool.SetMinThreads(1, 1);
                ThreadPool.SetMaxThreads(Environment.ProcessorCount, Environment.ProcessorCount);
                for (int i = 0; i < 4 * Environment.ProcessorCount; i++)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(static _ => new ManualResetEventSlim().Wait(), null);
                }

                new ManualResetEventSlim().Wait(token);
                return 0;
            },
            new CallOptions { Timeout = TimeSpan.FromMilliseconds(300), Grace = TimeSpan.FromSeconds(5) });

        CallTimeoutException late = await Assert.ThrowsAsync<CallTimeoutException>(() => blocking.AsTask());

        Assert.Equal(CallStop.Cooperative, late.Stop);
        Assert.Equal(process, await pool.Submit(static () => Environment.ProcessId));
    }

    /// <summary>Seen red: the exception had nobody to go to and ended the worker.</summary>
    [Fact(Timeout = 120_000)]
    public async Task I_can_stop_a_call_whose_token_has_a_callback_that_throws_without_losing_the_worker()
    {
        List<string> lines = [];
        await using (ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, WorkerOutput = line => lines.Add(line.Text) }))
        {
            int process = await pool.Submit(static () => Environment.ProcessId);
            Future<int> call = pool.Submit(
                static token =>
                {
                    using CancellationTokenRegistration registration = token.Register(static () => throw new FormatException("from the callback"));
                    new ManualResetEventSlim().Wait(token);
                    return 0;
                },
                new CallOptions { Timeout = TimeSpan.FromMilliseconds(300), Grace = TimeSpan.FromSeconds(5) });

            CallTimeoutException late = await Assert.ThrowsAsync<CallTimeoutException>(() => call.AsTask());

            Assert.Equal(CallStop.Cooperative, late.Stop);
            Assert.Equal(process, await pool.Submit(static () => Environment.ProcessId));
        }

        Assert.Contains(lines, static line => line.Contains("from the callback", StringComparison.Ordinal));
    }

    private static int Note(string log, int number, int work)
    {
        AppendLog.Add(log, string.Create(CultureInfo.InvariantCulture, $"{number}"));
        Thread.SpinWait(work);
        return number;
    }
}
