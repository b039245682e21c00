using System.Diagnostics;
using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G11: a running call can be cancelled or timed out; only its worker is replaced.</summary>
public sealed class G11StopARunningCall : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_cancel_a_running_call_that_watches_its_token_and_keep_its_worker()
    {
        await using ProcessPoolExecutor pool = new(1);
        int before = await pool.Submit(static () => Environment.ProcessId);
        using CancellationTokenSource source = new();
        Future<int> call = pool.Submit(
            static token =>
            {
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            options: null,
            source.Token);
        await Eventually.Holds(() => call.IsRunning, () => $"The call is {call.State}.");

        source.Cancel();

        await Assert.ThrowsAsync<FutureCancelledException>(() => call.AsTask());
        Assert.Equal(before, await pool.Submit(static () => Environment.ProcessId));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_cancel_a_running_call_that_never_looks_and_only_its_worker_is_replaced()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 2, CancelGrace = TimeSpan.FromMilliseconds(200) });
        Future<int> deaf = pool.Submit(static () =>
        {
            while (true)
            {
                Thread.SpinWait(1000);
            }
#pragma warning disable CS0162 // The lambda's type needs a result.
            return 0;
#pragma warning restore CS0162
        });
        Future<int> other = pool.Submit(static () =>
        {
            Stopwatch watch = Stopwatch.StartNew();
            while (watch.ElapsedMilliseconds < 1500)
            {
                Thread.SpinWait(1000);
            }

            return Environment.ProcessId;
        });
        await Eventually.Holds(() => deaf.IsRunning && other.IsRunning, () => "The calls do not run.");

        Assert.True(deaf.CancelRunning());

        await Assert.ThrowsAsync<FutureCancelledException>(() => deaf.AsTask());
        int survivor = await other;
        Assert.True(Processes.IsAlive(survivor));
        Assert.Equal(3, await pool.Submit(static () => 3));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_limit_the_time_of_a_call()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, CancelGrace = TimeSpan.FromMilliseconds(100) });
        CallOptions limited = new() { Name = "slow", Timeout = TimeSpan.FromMilliseconds(300) };

        CallTimeoutException late = await Assert.ThrowsAsync<CallTimeoutException>(() => pool.SubmitAsync(
            static () =>
            {
                using ManualResetEventSlim never = new();
                never.Wait();
                return 0;
            },
            limited));

        Assert.Equal(CallStop.WorkerKilled, late.Stop);
        Assert.Contains("slow", late.Message, StringComparison.Ordinal);
        Assert.Equal(5, await pool.Submit(static () => 5, limited));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_cancel_a_token_that_the_call_captured()
    {
        await using ProcessPoolExecutor pool = new(1);
        using CancellationTokenSource source = new();
        CancellationToken captured = source.Token;
        Future<bool> call = pool.Submit(() => captured.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)));
        await Eventually.Holds(() => call.IsRunning, () => $"The call is {call.State}.");

        source.Cancel();

        Assert.True(await call);
    }
}
