using System.Diagnostics;
using Telar.Concurrent.Futures;
using Telar.Multiprocessing.Pools;
using Telar.Serialization;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>Every way to end a pool ends it, with all its calls and all its processes.</summary>
public sealed class ShutdownSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_wait_for_all_calls_by_disposing()
    {
        Future<int>[] calls;
        using (ProcessPoolExecutor pool = new(2))
        {
            calls = [.. Enumerable.Range(0, 50).Select(number => pool.Submit(() => number))];
        }

        Assert.All(calls, static call => Assert.True(call.IsDone));
        Assert.Equal(Enumerable.Range(0, 50), await Task.WhenAll(calls.Select(static call => call.AsTask())));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_cancel_what_has_not_started_and_wait_for_the_rest()
    {
        ProcessPoolExecutor pool = new(1);
        Future<int> running = pool.Submit(static () =>
        {
            Wait(500);
            return 1;
        });
        Future<int>[] pending = [.. Enumerable.Range(0, 20).Select(number => pool.Submit(() => number))];
        await Eventually.Holds(() => running.IsRunning, () => "It does not run.");

        pool.Shutdown(wait: true, cancelFutures: true);

        Assert.Equal(1, await running);
        Assert.All(pending, static call => Assert.True(call.IsCancelled));
        Assert.Throws<InvalidOperationException>(() => { pool.Submit(static () => 1); });
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_shut_down_without_waiting_and_the_calls_still_end()
    {
        ProcessPoolExecutor pool = new(2);
        Future<int>[] calls = [.. Enumerable.Range(0, 20).Select(number => pool.Submit(() => number))];

        Stopwatch watch = Stopwatch.StartNew();
        pool.Shutdown(wait: false);

        Assert.True(watch.ElapsedMilliseconds < 2000, "Shutdown(wait: false) waited.");
        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(calls.Select(static call => call.AsTask())));
        await pool.ShutdownAsync(cancellationToken: Token);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_dispose_in_the_callback_of_a_call()
    {
        ProcessPoolExecutor pool = new(1);
        TaskCompletionSource disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Future<int> call = pool.Submit(static () => 1);
        call.AddDoneCallback(_ =>
        {
            pool.Dispose();
            disposed.SetResult();
        });

        Assert.Equal(1, await call);
        await disposed.Task.WaitAsync(Token);
        await pool.ShutdownAsync(cancellationToken: Token);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_dispose_in_the_callback_of_a_call_that_I_cancel_myself()
    {
        // The pool has no worker when the last call is cancelled: its end comes in the same step as the callback.
        ProcessPoolExecutor pool = new(new ProcessPoolOptions
        {
            MaxWorkers = 1,
            MaxStartFailures = 100,
            Initializer = static () => Environment.Exit(3),
        });
        Future<int> call = pool.Submit(static () => 1);
        await Eventually.Holds(
            () => pool.Statistics is { WorkersStarted: > 2 } statistics && statistics.Workers.All(static worker => worker.Status == WorkerStatus.Ended),
            () => "No pause between two starts.");
        pool.Shutdown(wait: false);
        call.AddDoneCallback(_ => pool.Dispose());

        await Task.Run(call.Cancel, Token).WaitAsync(TimeSpan.FromSeconds(20), Token);

        Assert.True(call.IsCancelled);
        await pool.ShutdownAsync(cancellationToken: Token);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_dispose_from_many_threads_and_again()
    {
        ProcessPoolExecutor pool = new(2);
        Future<int>[] calls = [.. Enumerable.Range(0, 100).Select(number => pool.Submit(() => number))];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () =>
            {
                if (i % 2 == 0)
                {
                    pool.Dispose();
                }
                else
                {
                    pool.Shutdown(wait: true, cancelFutures: i % 4 == 1);
                }
            },
            Token)));
        pool.Dispose();

        Assert.All(calls, static call => Assert.True(call.IsDone));
        Assert.False(calls[0].Cancel() && !calls[0].IsCancelled);
        pool.Shutdown(wait: true, cancelFutures: true);
    }

    /// <summary>Seen red: the pool had ended while another thread was still about to end the future of a call that it had cancelled.</summary>
    [Fact(Timeout = 120_000)]
    public async Task I_find_every_call_ended_after_waiting_for_the_pool_also_when_another_thread_is_ending_it()
    {
        WorkerPool pool = new(new WorkerPoolSettings
        {
            Name = "pool-gated",
            Policy = new PoolPolicy { MaxWorkers = 1 },
            Output = static (_, _, _, _) => { },
        });
        GatedCall call = new() { Payload = new PayloadWriter() };
        Assert.True(pool.Submit(call));
        Task cancelling = Task.Factory.StartNew(() => pool.Cancel(call, evenIfRunning: true), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        call.Ending.Wait(Token);

        pool.Shutdown(cancelPending: false);

        // From here on nothing but that call keeps the pool; it gets a moment to end all the same.
        await Eventually.Holds(
            () => pool.Inspect(static (_, slots, _, _) => slots.All(static slot => slot.EndedAt is not null)), () => "The worker has not ended.");
        await Task.WhenAny(pool.Finished, Task.Delay(300, Token));
        bool tooEarly = pool.Finished.IsCompleted;
        call.Gate.Set();
        await Task.WhenAll(cancelling, pool.Finished).WaitAsync(Token);
        Assert.False(tooEarly);
        Assert.True(call.HasEnded);
    }

    [Fact(Timeout = 120_000)]
    public void I_can_dispose_a_pool_that_was_never_used_or_is_just_starting()
    {
        for (int i = 0; i < 5; i++)
        {
            new ProcessPoolExecutor(2).Dispose();
            new ProcessPoolExecutor(new ProcessPoolOptions { MaxWorkers = 2, Prestart = true }).Dispose();
            ProcessPoolExecutor pool = new(1);
            Future<int> call = pool.Submit(static () => 1);
            pool.Shutdown(wait: true, cancelFutures: true);
            Assert.True(call.IsDone);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_stop_a_stuck_call_after_the_shutdown_and_the_pool_ends()
    {
        ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, CancelGrace = TimeSpan.FromMilliseconds(100) });
        Future<int> stuck = pool.Submit(static () =>
        {
            Wait(60_000);
            return 1;
        });
        await Eventually.Holds(() => stuck.IsRunning, () => "It does not run.");
        Task ended = pool.ShutdownAsync(cancelFutures: true, Token);
        Assert.False(ended.IsCompleted);

        Assert.True(stuck.CancelRunning());

        await ended.WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.True(stuck.IsCancelled);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_leave_nothing_behind_when_an_initializer_fails_and_the_pool_is_gone_at_once()
    {
        // One worker: the pool ends with the news of the failure, while the process that brought it still lives.
        for (int i = 0; i < 5; i++)
        {
            ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, Initializer = static () => throw new InvalidOperationException("no model") });
            Future<int> call = pool.Submit(static () => 1);
            await Assert.ThrowsAsync<BrokenProcessPoolException>(() => call.AsTask());
            await pool.DisposeAsync();
            Assert.All(pool.Statistics.Workers, static worker => Assert.Equal(WorkerStatus.Ended, worker.Status));
            Assert.All(pool.Statistics.Workers, static worker => Assert.NotNull(worker.Exit));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_am_told_that_workers_were_too_slow_to_start_and_not_that_something_killed_them()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions
        {
            MaxWorkers = 1,
            MaxStartFailures = 1,
            StartTimeout = TimeSpan.FromMilliseconds(1500),
            Initializer = static () => Wait(60_000),
        });

        BrokenProcessPoolException broken = await Assert.ThrowsAsync<BrokenProcessPoolException>(() => pool.SubmitAsync(static () => 1));

        Assert.Contains("StartTimeout", broken.Message, StringComparison.Ordinal);
        Assert.Contains("1.5 s", broken.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1200)]
    [InlineData(200)]
    public async Task I_can_time_out_calls_at_a_worker_that_is_stopped_by_a_signal_and_get_another(int milliseconds)
    {
        await using ProcessPoolExecutor pool = new(1);
        int process = await pool.Submit(static () => Environment.ProcessId);
        _ = Interop.Libc.kill(process, 19); // SIGSTOP
        CallOptions limited = new() { Timeout = TimeSpan.FromMilliseconds(milliseconds), Name = "asleep" };

        // A second, or twice less than that: then the worker is given up.
        for (int i = 0; i < (milliseconds < 1000 ? 2 : 1); i++)
        {
            CallTimeoutException late = await Assert.ThrowsAsync<CallTimeoutException>(() => pool.SubmitAsync(static () => 1, limited));
            Assert.Equal(CallStop.NotStarted, late.Stop);
            Assert.Contains("had not even begun", late.Message, StringComparison.Ordinal);
        }

        Assert.NotEqual(process, await pool.Submit(static () => Environment.ProcessId));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_cancel_and_shut_down_while_a_worker_is_stopped_by_a_signal()
    {
        ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, CancelGrace = TimeSpan.FromMilliseconds(300) });
        int process = await pool.Submit(static () => Environment.ProcessId);
        Future<int> running = pool.Submit(static () =>
        {
            Wait(60_000);
            return 1;
        });
        await Eventually.Holds(() => running.IsRunning, () => "It does not run.");
        await Eventually.Holds(() => pool.Statistics.Workers[0].CurrentCallTime > TimeSpan.FromMilliseconds(200), () => "It does not run.");
        _ = Interop.Libc.kill(process, 19);

        Assert.True(running.CancelRunning());

        await Assert.ThrowsAsync<FutureCancelledException>(() => running.AsTask());
        process = await pool.Submit(static () => Environment.ProcessId);
        _ = Interop.Libc.kill(process, 19);
        await pool.DisposeAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task I_am_told_that_a_call_was_never_begun_by_the_worker_that_had_it(bool isGoverned)
    {
        await using ProcessPoolExecutor pool = new(1);
        int process = await pool.Submit(static () => Environment.ProcessId);
        _ = Interop.Libc.kill(process, 19); // SIGSTOP
        Future<int> first = pool.Submit(static () => 1, new CallOptions { Name = "first", Retry = isGoverned ? new RetryPolicy(2) : null });
        await Eventually.Holds(() => first.IsRunning, () => $"It is {first.State}.");

        Assert.True(first.CancelRunning());

        FutureCancelledException cancelled = await Assert.ThrowsAsync<FutureCancelledException>(() => first.AsTask());
        _ = Interop.Libc.kill(process, 18); // SIGCONT
        Assert.Equal("Call 'first' was cancelled before it started, so it has no result.", cancelled.Message);
        Assert.False(cancelled.HasRun);
    }

    private static void Wait(int milliseconds) => new ManualResetEventSlim().Wait(milliseconds);
}
