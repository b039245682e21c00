using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public sealed class InlineExecutorTests : ExecutorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Submit_RunsOnTheCallersThreadBeforeItReturns()
    {
        using InlineExecutor executor = new();
        int thread = 0;
        Future future = executor.Submit(() => { thread = Environment.CurrentManagedThreadId; }, Token);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
        Assert.True(future.IsDone);
        Assert.Equal(1, executor.MaxWorkers);
        Assert.Equal("InlineExecutor 'inline'", executor.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void ACallThatCancelsTheCallersToken_IsCancelledWhenItObeys()
    {
        using InlineExecutor executor = new();
        using CancellationTokenSource cancel = new();
        Future<int> obeying = executor.Submit(
            token =>
            {
                cancel.Cancel();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            cancel.Token);
        Assert.True(obeying.IsCancelled);
    }

    [Fact(Timeout = 120_000)]
    public void Timeout_StopsACallThatObservesItsToken()
    {
        using InlineExecutor executor = new();
        CallOptions options = new() { Name = "slow", Timeout = TimeSpan.FromMilliseconds(20) };

        Future<bool> slow = executor.Submit(
            token =>
            {
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return true;
            },
            options,
            Token);
        Future<int> quick = executor.Submit(() => 1, options, Token);
        Future<int> unlimited = executor.Submit(() => 1, options with { Timeout = Timeout.InfiniteTimeSpan }, Token);

        CallTimeoutException thrown = Assert.Throws<CallTimeoutException>(() => { slow.Result(); });
        Assert.Equal((TimeSpan.FromMilliseconds(20), CallStop.Cooperative, "slow"), (thrown.Timeout, thrown.Stop, thrown.CallName));
        Assert.Equal(
            "Call 'slow' was stopped: it ran longer than its time-out of 20 ms. It stopped by itself when its token was cancelled.",
            thrown.Message);
        Assert.Equal(1, quick.Result());
        Assert.Equal(1, unlimited.Result());
    }

    protected override Executor Make() => new InlineExecutor();
}
