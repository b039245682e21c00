using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public sealed class ThreadExecutorTests : ExecutorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 10_000)]
    public async Task CancellingTheToken_CancelsAPendingCallAndStopsARunningOne()
    {
        await using ThreadExecutor executor = new(workers: 1);
        using CancellationTokenSource cancel = new();
        using ManualResetEventSlim started = new();
        Future<int> running = executor.Submit(
            token =>
            {
                started.Set();
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            cancel.Token);
        bool hasRun = false;
        Task<bool> pending = executor.SubmitAsync(() => hasRun = true, cancel.Token);
        started.Wait(Token);

        await cancel.CancelAsync();

        FutureCancelledException stopped = Assert.Throws<FutureCancelledException>(() => { running.Result(); });
        FutureCancelledException cancelled = await Assert.ThrowsAsync<FutureCancelledException>(() => pending);
        Assert.Equal((true, cancel.Token), (stopped.HasRun, stopped.CancellationToken));
        Assert.Equal((false, cancel.Token), (cancelled.HasRun, cancelled.CancellationToken));
        await executor.DisposeAsync();
        Assert.False(hasRun);
    }

    [Fact(Timeout = 10_000)]
    public void ACallThatIsAskedToStopAndDoesNot_KeepsItsResult()
    {
        using ThreadExecutor executor = new(workers: 1);
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim mayEnd = new();
        Future<int> future = executor.Submit(
            () =>
            {
                started.Set();
                mayEnd.Wait(Token);
                return 1;
            },
            Token);
        started.Wait(Token);
        Assert.True(future.CancelRunning());
        mayEnd.Set();
        Assert.Equal(1, future.Result());
    }

    [Fact(Timeout = 10_000)]
    public void Shutdown_WithCancelFutures_CancelsThePendingOnesOnly()
    {
        ThreadExecutor executor = new(workers: 1);
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim mayEnd = new();
        Future<int> running = executor.Submit(
            () =>
            {
                started.Set();
                mayEnd.Wait(Token);
                return 1;
            },
            Token);
        Future<int> pending = executor.Submit(() => 2, Token);
        started.Wait(Token);

        executor.Shutdown(wait: false, cancelFutures: true);

        Assert.True(pending.IsCancelled);
        Assert.False(running.IsDone);
        mayEnd.Set();
        executor.Shutdown();
        Assert.Equal(1, running.Result());
    }

    [Fact(Timeout = 10_000)]
    public async Task ALongLivedToken_HoldsNoEndedCalls()
    {
        using CancellationTokenSource lasting = new();
        ThreadExecutor executor = new();
        WeakReference[] futures = [.. Enumerable.Range(0, 20).Select(i => SubmitOne())];
        await executor.DisposeAsync();
        executor = null!;

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.All(futures, future => Assert.False(future.IsAlive));

        WeakReference SubmitOne() => new(executor.Submit(() => 1, lasting.Token));
    }

    protected override Executor Make() => new ThreadExecutor();
}
