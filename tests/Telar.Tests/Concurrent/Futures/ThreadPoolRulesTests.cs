using Xunit;

#pragma warning disable xUnit1051 // a token of the test would be a second way for each of these calls to end

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

/// <summary>Python's rules about who is told what, when and on which thread, on a real pool.</summary>
public sealed class ThreadPoolRulesTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Callbacks_OfACallThatRan_RunOnItsThreadInTheirOrder()
    {
        await using ThreadPoolExecutor pool = new(2);
        using ManualResetEventSlim mayEnd = new();
        using CountdownEvent told = new(3);
        List<(int Number, int Thread)> calls = [];
        Future<int> call = pool.Submit(() =>
        {
            mayEnd.Wait(TestToken);
            return Environment.CurrentManagedThreadId;
        });
        for (int number = 0; number < 3; number++)
        {
            int mine = number;
            call.AddDoneCallback(_ =>
            {
                calls.Add((mine, Environment.CurrentManagedThreadId));
                told.Signal();
            });
        }

        mayEnd.Set();
        told.Wait(TestToken);

        Assert.Equal([(0, call.Result()), (1, call.Result()), (2, call.Result())], calls);
    }

    [Fact(Timeout = 120_000)]
    public async Task Callbacks_OfACallThatIsCancelled_RunOnTheThreadThatCancels()
    {
        await using ThreadPoolExecutor pool = new(1);
        using ManualResetEventSlim mayEnd = new();
        _ = pool.Submit(() => mayEnd.Wait(TestToken));
        Future pending = pool.Submit(() => { });
        int thread = 0;
        pending.AddDoneCallback(_ => thread = Environment.CurrentManagedThreadId);

        Assert.True(pending.Cancel());

        Assert.Equal(Environment.CurrentManagedThreadId, thread);
        Assert.True(pending.Cancel());
        mayEnd.Set();
    }

    [Fact(Timeout = 120_000)]
    public void Shutdown_FromACallback_DoesNotWaitForItself()
    {
        ThreadPoolExecutor pool = new(1);
        using ManualResetEventSlim mayEnd = new();
        using ManualResetEventSlim returned = new();
        Future call = pool.Submit(() => mayEnd.Wait(TestToken));
        Future<int> pending = pool.Submit(() => 2);
        call.AddDoneCallback(_ =>
        {
            pool.Shutdown();
            returned.Set();
        });

        mayEnd.Set();
        returned.Wait(TestToken);
        pool.Dispose();

        Assert.Equal(2, pending.Result());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(ReturnWhen.AllCompleted)]
    [InlineData(ReturnWhen.FirstException)]
    public async Task Shutdown_WithCancelFutures_TellsThoseWhoWaitForTheCancelledOnes(ReturnWhen returnWhen)
    {
        await using ThreadPoolExecutor pool = new(1);
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim mayEnd = new();
        Future running = pool.Submit(() =>
        {
            started.Set();
            mayEnd.Wait(TestToken);
        });
        Future[] pending = [.. Enumerable.Range(0, 5).Select(_ => pool.Submit(() => { }))];
        started.Wait(TestToken);
        Task<(IReadOnlySet<Future> Done, IReadOnlySet<Future> NotDone)> wait =
            Futures.WaitAsync([running, .. pending], returnWhen: returnWhen, cancellationToken: TestToken);
        IAsyncEnumerable<Future> completed = Futures.AsCompletedAsync([running, .. pending], cancellationToken: TestToken);

        pool.Shutdown(wait: false, cancelFutures: true);
        mayEnd.Set();

        Assert.Equal(6, (await wait).Done.Count);
        Assert.Equal(6, await completed.CountAsync(TestToken));
        Assert.All(pending, future => Assert.True(future.IsCancelled));
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_CountsACancelledCallAsDoneBeforeItsWorkerHasSeenIt()
    {
        await using ThreadPoolExecutor pool = new(1);
        using ManualResetEventSlim mayEnd = new();
        Future running = pool.Submit(() => mayEnd.Wait(TestToken));
        Future pending = pool.Submit(() => { });
        pending.Cancel();

        (IReadOnlySet<Future> done, IReadOnlySet<Future> notDone) =
            await Futures.WaitAsync([pending, running], returnWhen: ReturnWhen.FirstCompleted, cancellationToken: TestToken);

        Assert.Equal([pending], done);
        Assert.Equal([running], notDone);
        mayEnd.Set();
    }

    [Fact(Timeout = 120_000)]
    public async Task Map_OnAPool_RunsAllItemsOfItsWindowThoughNobodyTakesAResult()
    {
        await using ThreadPoolExecutor pool = new(2);
        int run = 0;

        _ = pool.Map(item => Interlocked.Increment(ref run), Enumerable.Range(0, 10), new MapOptions { Window = 10, ChunkSize = 1 });
        await pool.ShutdownAsync();

        Assert.Equal(10, run);
    }
}
