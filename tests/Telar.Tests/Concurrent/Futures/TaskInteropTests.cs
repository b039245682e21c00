using Xunit;

#pragma warning disable xUnit1051 // a token of the test would be a second way for each of these calls to end

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

/// <summary>Futures among the tasks of .NET, and tasks on executors.</summary>
public sealed class TaskInteropTests
{
    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task AsTaskScheduler_RunsTasksOnThreadsOfThePool()
    {
        await using ThreadPoolExecutor pool = new(new ThreadPoolOptions { MaxWorkers = 2, ThreadNamePrefix = "crew" });
        TaskFactory factory = new(pool.AsTaskScheduler());

        string? name = await factory.StartNew(() => Thread.CurrentThread.Name);
        string? continued = await factory.StartNew(() => 1).ContinueWith(_ => Thread.CurrentThread.Name, pool.AsTaskScheduler());

        Assert.StartsWith("crew_", name, StringComparison.Ordinal);
        Assert.StartsWith("crew_", continued, StringComparison.Ordinal);
        Assert.Equal(2, factory.Scheduler!.MaximumConcurrencyLevel);
    }

    [Fact(Timeout = 120_000)]
    public async Task AsTaskScheduler_KeepsAnAsyncMethodOnThePool()
    {
        await using ThreadPoolExecutor pool = new(new ThreadPoolOptions { MaxWorkers = 2, ThreadNamePrefix = "crew" });

        string? name = await Task.Factory.StartNew(
            async () =>
            {
                await Task.Yield();
                return Thread.CurrentThread.Name;
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            pool.AsTaskScheduler()).Unwrap();

        Assert.StartsWith("crew_", name, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task AsTaskScheduler_ATaskThatWaitsForAnotherOne_RunsItInPlace()
    {
        await using ThreadPoolExecutor one = new(1);
        TaskFactory factory = new(one.AsTaskScheduler());

        int result = await factory.StartNew(() => factory.StartNew(() => 6).Result + 1);

        Assert.Equal(7, result);
    }

    [Fact(Timeout = 120_000)]
    public async Task AsTaskScheduler_ServesParallelLoops()
    {
        await using ThreadPoolExecutor pool = new(new ThreadPoolOptions { MaxWorkers = 2, ThreadNamePrefix = "crew" });
        ParallelOptions options = new() { TaskScheduler = pool.AsTaskScheduler() };
        int onPool = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, 100), options, (_, _) =>
        {
            if (Thread.CurrentThread.Name!.StartsWith("crew_", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref onPool);
            }

            return ValueTask.CompletedTask;
        });

        Assert.Equal(100, onPool);
    }

    [Fact(Timeout = 120_000)]
    public async Task AsTaskScheduler_OfAPoolThatWasShutDown_RefusesTasks()
    {
        ThreadPoolExecutor pool = new(1);
        TaskScheduler scheduler = pool.AsTaskScheduler();
        await pool.DisposeAsync();

        TaskSchedulerException refused = Assert.Throws<TaskSchedulerException>(() =>
        {
            _ = Task.Factory.StartNew(() => 1, CancellationToken.None, TaskCreationOptions.None, scheduler);
        });

        Assert.Contains("was shut down", refused.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task AsTaskScheduler_OfProcesses_IsRefusedWithTheReason()
    {
        await using ProcessPoolExecutor processes = new(1);
        await using TaskGroup group = new(processes);

        NotSupportedException refused = Assert.Throws<NotSupportedException>(() => processes.AsTaskScheduler());

        Assert.Contains("runs its calls in other processes", refused.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => group.AsTaskScheduler());
    }

    [Fact(Timeout = 120_000)]
    public async Task AFuture_StandsInWhenAnyAndWhenAll()
    {
        FutureSource<int> never = new();
        FutureSource<int> soon = new();
        soon.SetResult(5);

        Task first = await Task.WhenAny(never.Future, soon.Future);
        int[] all = await Task.WhenAll<int>(soon.Future, soon.Future);

        Assert.Same(soon.Future.AsTask(), first);
        Assert.Equal([5, 5], all);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public void AsFuture_EndsAsTheTaskEnds(bool before)
    {
        FormatException thrown = new();
        using CancellationTokenSource cancel = new();
        cancel.Cancel();

        Future<int> result = Future(before, source => source.SetResult(3));
        Future<int> failure = Future(before, source => source.SetException(thrown));
        Future<int> failures = Future(before, source => source.SetException([thrown, new InvalidDataException()]));
        Future<int> cancelled = Future(before, source => source.SetCanceled(cancel.Token));

        Assert.Equal(3, result.Result());
        Assert.Same(thrown, failure.Exception());
        Assert.Equal(2, Assert.IsType<AggregateException>(failures.Exception()).InnerExceptions.Count);
        Assert.Equal(cancel.Token, Assert.Throws<FutureCancelledException>(() => { cancelled.Result(); }).CancellationToken);

        static Future<int> Future(bool before, Action<TaskCompletionSource<int>> end)
        {
            TaskCompletionSource<int> source = new();
            if (before)
            {
                end(source);
                return source.Task.AsFuture();
            }

            Future<int> future = source.Task.AsFuture(name: "load");
            Assert.True(future.IsRunning);
            Assert.Equal("load", future.Name);
            end(source);
            return future;
        }
    }

    [Fact(Timeout = 120_000)]
    public void AsFuture_OfATaskWithoutAResult_Ends()
    {
        Future done = Task.CompletedTask.AsFuture();
        TaskCompletionSource source = new();
        Future open = source.Task.AsFuture();
        int thread = 0;
        open.AddDoneCallback(_ => thread = Environment.CurrentManagedThreadId);

        source.SetResult();

        Assert.True(done.IsDone);
        open.Result(TimeSpan.Zero, TestToken);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact(Timeout = 120_000)]
    public async Task AsFuture_CancelRunning_CancelsTheSourceGivenWithIt()
    {
        using CancellationTokenSource stop = new();
        Future future = Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).AsFuture(stop);

        Assert.False(future.Cancel());
        Assert.True(future.CancelRunning());

        await Assert.ThrowsAsync<FutureCancelledException>(() => future);
    }

    [Fact(Timeout = 120_000)]
    public void AsFuture_CancelRunning_WithoutALiveSource_SaysThatItCanDoNothing()
    {
        TaskCompletionSource source = new();
        CancellationTokenSource disposed = new();
        disposed.Dispose();

        Assert.False(source.Task.AsFuture().CancelRunning());
        Assert.False(source.Task.AsFuture(disposed).CancelRunning());
    }

    [Fact(Timeout = 120_000)]
    public async Task AsTask_IsCancelledWithTheFuture()
    {
        FutureSource<int> source = new();
        Task<int> task = source.Future.AsTask();

        Assert.True(source.Future.Cancel());

        await Assert.ThrowsAsync<FutureCancelledException>(() => task);
        Assert.True(task.IsCanceled);
    }

    [Fact(Timeout = 120_000)]
    public async Task MapAsync_IntoAList_IsAParallelLoopWithResults()
    {
        await using ThreadPoolExecutor pool = new(2);

        List<int> squares = await pool.MapAsync(x => x * x, [1, 2, 3]).ToListAsync(TestToken);

        Assert.Equal([1, 4, 9], squares);
    }
}
