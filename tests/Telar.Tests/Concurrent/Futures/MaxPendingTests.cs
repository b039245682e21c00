using Xunit;

#pragma warning disable xUnit1051 // a token of the test would be a second way for each of these calls to end

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public sealed class MaxPendingTests : IDisposable
{
    private readonly ThreadPoolExecutor _executor = new(new ThreadPoolOptions { MaxWorkers = 1, MaxPending = 2 });
    private readonly ManualResetEventSlim _mayEnd = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _mayEnd.Set();
        _executor.Dispose();
        _mayEnd.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_WhenSoManyArePending_WaitsUntilOneStarts()
    {
        Future[] pending = Fill();
        Task<Future<int>> submitting = Task.Run(() => _executor.Submit(() => 7), Token);
        Task<int> submittingAsync = _executor.SubmitAsync(() => 8);

        Assert.False(submitting.IsCompleted);
        Assert.Equal(2, _executor.Statistics.CallsPending);
        _mayEnd.Set();

        Assert.Equal(7, await await submitting);
        Assert.Equal(8, await submittingAsync);
        Assert.All(pending, future => Assert.True(future.IsDone));
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_WhenAPendingCallStarts_TakesItsPlaceBeforeThatCallEnds()
    {
        using CancellationTokenSource mayEndToo = new();
        using ManualResetEventSlim started = new();
        Future<int> first = _executor.Submit(() =>
        {
            started.Set();
            _mayEnd.Wait(Token);
            return 1;
        });
        started.Wait(Token);
        Future<bool> second = _executor.Submit(() => mayEndToo.Token.WaitHandle.WaitOne());
        Future<int> third = _executor.Submit(() => 3);
        Task<Future<int>> fourth = Task.Run(() => _executor.Submit(() => 4), Token);

        _mayEnd.Set();

        // Submit returns while the second call, whose start has made room, still runs.
        Future<int> submitted = await fourth.WaitAsync(Token);
        Assert.False(second.IsDone);
        await mayEndToo.CancelAsync();
        Assert.Equal((1, true, 3, 4), (await first, await second, await third, await submitted));
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_WhenAPendingCallIsCancelled_TakesItsPlace()
    {
        Future[] pending = Fill();
        Task<int> waiting = _executor.SubmitAsync(() => 8);

        Assert.True(pending[0].Cancel());

        Assert.True(SpinWait.SpinUntil(() => _executor.Statistics.CallsPending == 3, 5_000)); // the cancelled one is still in the queue
        Assert.False(waiting.IsCompleted);
        _mayEnd.Set();
        Assert.Equal(8, await waiting);
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_WhoseTokenIsCancelledWhileItWaits_GivesACancelledFuture()
    {
        Fill();
        using CancellationTokenSource cancel = new();
        Task<Future<int>> submitting = Task.Run(() => _executor.Submit(() => 7, new CallOptions { Name = "late" }, cancel.Token), Token);
        Task<int> submittingAsync = _executor.SubmitAsync(() => 8, cancel.Token);

        await cancel.CancelAsync();

        FutureCancelledException thrown = Assert.Throws<FutureCancelledException>(() => { submitting.Result.Result(); });
        Assert.Equal(("late", cancel.Token), (thrown.CallName, thrown.CancellationToken));
        await Assert.ThrowsAsync<FutureCancelledException>(() => submittingAsync);
        Assert.Equal(2, _executor.Statistics.CallsPending);
    }

    [Fact(Timeout = 120_000)]
    public async Task Shutdown_SendsAwayWhoeverWaitsForRoom()
    {
        Future[] pending = Fill();
        Task<Future<int>> submitting = Task.Run(() => _executor.Submit(() => 7), Token);
        Task<int> submittingAsync = _executor.SubmitAsync(() => 8);

        _executor.Shutdown(wait: false);

        await Assert.ThrowsAsync<InvalidOperationException>(() => submitting);
        await Assert.ThrowsAsync<InvalidOperationException>(() => submittingAsync);
        Assert.All(pending, future => Assert.False(future.IsDone));
    }

    [Fact(Timeout = 120_000)]
    public void Submit_ByACallOfThePool_DoesNotWait()
    {
        Future<int> outer = _executor.Submit(() => Enumerable.Range(0, 10).Select(i => _executor.Submit(() => i)).Count());
        Assert.Equal(10, outer.Result());
    }

    [Fact(Timeout = 120_000)]
    public void Map_NeedsNoRoom()
    {
        Future[] pending = Fill();
        IEnumerable<int> map = _executor.Map(x => x, Enumerable.Range(0, 1_000), new MapOptions { Window = 100, ChunkSize = 1 });
        _mayEnd.Set();
        Assert.Equal(Enumerable.Range(0, 1_000), map);
        Assert.All(pending, future => Assert.True(future.IsDone));
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_ByManyThreads_KeepsTheLimitAndLosesNoPlace()
    {
        const int Calls = 2_000;
        _mayEnd.Set();
        int most = 0;
        int sum = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                // All of them are waited for: one that has no room yet is refused by the end of the executor.
                List<Task> tasks = [];
                for (int i = 0; i < Calls; i++)
                {
                    tasks.Add(i % 2 == 0 ? _executor.Submit(() => Count()) : _executor.SubmitAsync(() => Count()));
                    if (i % 50 == 0)
                    {
                        await tasks[^1];
                    }
                }

                await Task.WhenAll(tasks);
            },
            Token)));

        await _executor.ShutdownAsync();
        Assert.Equal(4 * Calls, sum);
        Assert.InRange(most, 0, 2);

        void Count()
        {
            most = Math.Max(most, _executor.Statistics.CallsPending);
            sum++;
        }
    }

    // One that runs and two that are pending.
    private Future[] Fill()
    {
        using ManualResetEventSlim started = new();
        _executor.Submit(() =>
        {
            started.Set();
            _mayEnd.Wait(Token);
        });
        started.Wait(Token);
        return [_executor.Submit(() => { }), _executor.Submit(() => { })];
    }
}
