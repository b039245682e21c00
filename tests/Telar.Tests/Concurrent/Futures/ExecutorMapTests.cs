using System.Runtime.CompilerServices;
using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public class ExecutorMapTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Map_SubmitsTheFirstWindowAtTheCallAndTheRestAsResultsAreTaken()
    {
        ManualExecutor executor = new(workers: 3);
        CountingSource source = new(200_000);

        IEnumerable<int> results = executor.Map(x => x + 1, source, cancellationToken: Token);

        Assert.Equal((6, 6), (source.Consumed, executor.Futures.Count));
        using IEnumerator<int> steps = results.GetEnumerator();
        Assert.Equal(6, source.Consumed);
        executor.RunAll();
        Assert.True(steps.MoveNext());
        Assert.Equal(1, steps.Current);
        Assert.Equal(6, source.Consumed);
        Assert.True(steps.MoveNext());
        Assert.Equal(7, source.Consumed);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public void Map_OfManyLazyItems_OneTaken_ReadsNoMoreThanTheWindow(bool ordered)
    {
        using ThreadPoolExecutor executor = new(2);
        CountingSource source = new(200_000);
        int first = executor.Map(x => x, source, new MapOptions { Ordered = ordered }, Token).First();
        Assert.InRange(first, 0, 3);
        Assert.InRange(source.Consumed, 1, 4);
        Assert.Equal(1, source.Disposals);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Map_NeverReadsFurtherAheadThanItSays(bool ordered, bool async)
    {
        await using ThreadPoolExecutor executor = new(2);
        foreach (MapOptions options in (MapOptions[])
            [new(), new() { Window = 3 }, new() { Window = 50 }, new() { ChunkSize = 5 }, new() { ChunkSize = 5, Window = 12 }])
        {
            CountingSource source = new(20_000);
            int yielded = 0;
            await using Results<int> results = async
                ? new(executor.MapAsync(x => x, (IAsyncEnumerable<int>)source, options with { Ordered = ordered }, Token))
                : new(executor.Map(x => x, source, options with { Ordered = ordered }, Token));
            while (await results.NextAsync())
            {
                yielded++;
                int bound = options switch
                {
                    { Window: { } window } => window,
                    { ChunkSize: { } chunk } => 4 * chunk,
                    _ => Math.Max(4, 2 * yielded),
                };
                Assert.InRange(source.Consumed - yielded, 0, bound);
            }

            Assert.Equal(20_000, yielded);
        }
    }

    [Fact(Timeout = 120_000)]
    public void Map_OfShortItems_LearnsToSendManyTogether()
    {
        using ManualExecutor executor = new(workers: 2);
        IEnumerator<int> results = executor.Map(x => x, Enumerable.Range(0, 100_000), cancellationToken: Token).GetEnumerator();
        int count = 0;
        do
        {
            executor.RunAllNew();
            count++;
        }
        while (results.MoveNext());

        Assert.Equal(100_001, count);
        Assert.InRange(executor.Futures.Count, 10, 2_000);
    }

    [Fact(Timeout = 120_000)]
    public void Map_OfLongItems_SendsThemOneByOne()
    {
        using ThreadPoolExecutor executor = new(2);
        CountingSource source = new(12);
        int yielded = 0;
        foreach (int _ in executor.Map(x => { Thread.SpinWait(2_000_000); return x; }, source, cancellationToken: Token))
        {
            yielded++;
            Assert.InRange(source.Consumed - yielded, 0, 4);
        }

        Assert.Equal(12, yielded);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(4, true)]
    public async Task AnExceptionOfTheFunction_ComesAfterTheResultsBeforeItAndEndsTheMap(int chunkSize, bool async)
    {
        await using ThreadPoolExecutor executor = new(2);
        CountingSource source = new(100);
        MapOptions options = new() { ChunkSize = chunkSize };
        Func<int, int> function = x => x == 6 ? throw new FormatException("item 6") : x;
        await using Results<int> results = async
            ? new(executor.MapAsync(function, (IAsyncEnumerable<int>)source, options, Token))
            : new(executor.Map(function, source, options, Token));
        List<int> got = [];

        FormatException thrown = await Assert.ThrowsAsync<FormatException>(async () =>
        {
            while (await results.NextAsync())
            {
                got.Add(results.Current);
            }
        });

        Assert.Equal("item 6", thrown.Message);
        Assert.Equal([0, 1, 2, 3, 4, 5], got);
        Assert.Equal(1, source.Disposals);
        Assert.False(await results.NextAsync());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(50, false)]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(50, true)]
    public async Task AnExceptionOfTheSource_ComesAfterTheResultsBeforeIt(int throwsAt, bool async)
    {
        await using ThreadPoolExecutor executor = new(2);
        foreach (MapOptions options in (MapOptions[])[new(), new() { ChunkSize = 4 }, new() { Ordered = false }])
        {
            CountingSource source = new(100, throwsAt);
            List<int> got = [];
            FormatException thrown = await Assert.ThrowsAsync<FormatException>(async () =>
            {
                await using Results<int> results = async
                    ? new(executor.MapAsync(x => x, (IAsyncEnumerable<int>)source, options, Token))
                    : new(executor.Map(x => x, source, options, Token));
                while (await results.NextAsync())
                {
                    got.Add(results.Current);
                }
            });
            Assert.Equal($"source {throwsAt}", thrown.Message);
            Assert.Equal(Enumerable.Range(0, throwsAt), got.Order());
            Assert.Equal(1, source.Disposals);
        }
    }

    [Fact(Timeout = 120_000)]
    public void WhatTheExecutorRefuses_IsThrownByMapItself()
    {
        ManualExecutor executor = new();
        executor.Shutdown();
        CountingSource source = new(10);
        Assert.Throws<InvalidOperationException>(() => executor.Map(x => x, source, cancellationToken: Token));
        Assert.Equal(1, source.Disposals);
    }

    [Fact(Timeout = 120_000)]
    public async Task WhatTheExecutorRefusesLater_ComesInItsPlace()
    {
        ManualExecutor executor = new();
        CountingSource source = new(10);
        await using Results<int> results = new(executor.Map(x => x, source, cancellationToken: Token));
        executor.RunAll();
        Assert.True(await results.NextAsync());
        executor.Shutdown();
        for (int i = 0; i < 3; i++)
        {
            Assert.True(await results.NextAsync());
        }

        Assert.Contains(
            "was shut down", (await Assert.ThrowsAsync<InvalidOperationException>(() => results.NextAsync())).Message, StringComparison.Ordinal);
        Assert.Equal(1, source.Disposals);
    }

    [Fact(Timeout = 120_000)]
    public async Task MapAsync_OverAnExecutorThatWasShutDown_SaysSoWhenIterated()
    {
        ManualExecutor executor = new();
        executor.Shutdown();
        CountingSource source = new(10);
        await using Results<int> results = new(executor.MapAsync(x => x, (IAsyncEnumerable<int>)source, cancellationToken: Token));
        await Assert.ThrowsAsync<InvalidOperationException>(() => results.NextAsync());
        Assert.Equal(1, source.Disposals);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(2)]
    public void Map_LetsGoOfWhatItHasGiven(int chunkSize)
    {
        (IEnumerator<byte[]> results, WeakReference given) = TakeOne(chunkSize);
        Assert.True(results.MoveNext());

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(given.IsAlive);
        results.Dispose();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (IEnumerator<byte[]>, WeakReference) TakeOne(int chunkSize)
        {
            MapOptions options = new() { ChunkSize = chunkSize };
            IEnumerator<byte[]> results = new InlineExecutor().Map(size => new byte[size], [100, 100], options, Token).GetEnumerator();
            Assert.True(results.MoveNext());
            return (results, new WeakReference(results.Current));
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LeavingTheLoop_CancelsWhatIsPending(bool async)
    {
        ManualExecutor executor = new();
        CountingSource source = new(100);
        Results<int> results = async
            ? new(executor.MapAsync(x => x, (IAsyncEnumerable<int>)source, cancellationToken: Token))
            : new(executor.Map(x => x, source, cancellationToken: Token));
        executor.Run(0);
        Assert.True(await results.NextAsync());

        await results.DisposeAsync();
        await results.DisposeAsync();

        Assert.True(executor.Futures[0].IsDone);
        Assert.All(executor.Futures.Skip(1), future => Assert.True(future.IsCancelled));
        Assert.Equal(1, source.Disposals);
        Assert.False(await results.NextAsync());
    }

    [Fact(Timeout = 120_000)]
    public void DisposingBeforeTheFirstStep_CancelsAndLetsGo()
    {
        ManualExecutor executor = new();
        CountingSource source = new(100);
        executor.Map(x => x, source, cancellationToken: Token).GetEnumerator().Dispose();
        Assert.All(executor.Futures, future => Assert.True(future.IsCancelled));
        Assert.Equal(1, source.Disposals);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public async Task Timeout_CountsFromTheCallAndEndsTheMap(bool async, bool ordered)
    {
        ManualExecutor executor = new();
        MapOptions options = new() { Timeout = TimeSpan.FromSeconds(3), Ordered = ordered };
        await using Results<int> results = async
            ? new(executor.MapAsync(x => x, Enumerable.Range(0, 10), options, Token))
            : new(executor.Map(x => x, Enumerable.Range(0, 10), options, Token));
        executor.Run(0);
        Assert.True(await results.NextAsync());
        await Task.Delay(3_100, Token);
        long start = TimeProvider.System.GetTimestamp();

        TimeoutException thrown = await Assert.ThrowsAsync<TimeoutException>(() => results.NextAsync());

        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(2.5));
        Assert.StartsWith("The map had yielded 1 of 10 results when its time-out of 3 s", thrown.Message, StringComparison.Ordinal);
        Assert.All(executor.Futures.Skip(1), future => Assert.True(future.IsCancelled));
        Assert.False(await results.NextAsync());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancelling_EndsTheWaitAndStopsRunningCalls(bool async)
    {
        await using ThreadPoolExecutor executor = new(1);
        using CancellationTokenSource cancel = new();
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim mayEnd = new();
        int runs = 0;
        Func<int, int> function = x =>
        {
            Interlocked.Increment(ref runs);
            started.Set();
            mayEnd.Wait(Token);
            return x;
        };
        await using Results<int> results = async
            ? new(executor.MapAsync(function, Enumerable.Range(0, 10), cancellationToken: cancel.Token))
            : new(executor.Map(function, Enumerable.Range(0, 10), cancellationToken: cancel.Token));
        Task<bool> next = Task.Run(results.NextAsync, Token);
        started.Wait(Token);

        await cancel.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        Assert.Equal(cancel.Token, thrown.CancellationToken);
        mayEnd.Set();
        await executor.DisposeAsync();
        Assert.Equal(1, runs);
    }

    // Seen red with a MapRun.Submit that does not look at _aborted after it has entered the chunk.
    [Fact(Timeout = 120_000)]
    public async Task AChunkThatIsSubmittedWhileTheMapIsCancelled_IsCancelledToo()
    {
        ManualExecutor executor = new();
        using CancellationTokenSource cancel = new();
        MapOptions options = new() { ChunkSize = 3, Window = 5 };
        await using Results<int> results = new(executor.Map(x => x, Enumerable.Range(0, 10), options, cancel.Token));
        executor.RunAll();
        Assert.True(await results.NextAsync());
        executor.Submitting = cancel.Cancel;

        // Reads the second result of the first chunk, and there is room for the second chunk.
        Assert.True(await results.NextAsync());

        Assert.Equal(2, executor.Futures.Count);
        Assert.True(executor.Futures[1].IsCancelled);
    }

    // Seen red with an unordered chunk that leaves before it enters the queue, and with progress that trusts the executor's threads to have
    // counted what the loop has taken.
    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ManySmallMaps_LoseNothingAndReportAll(bool ordered)
    {
        await using ThreadPoolExecutor executor = new(2);
        Recorder recorder = new();
        MapOptions options = new() { Ordered = ordered, Progress = recorder, ChunkSize = 1 };
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal([0, 1, 2], executor.Map(x => x, [0, 1, 2], options, Token).Order());
            Assert.Equal(3, recorder.Reports[^1].Done);
            Assert.Equal([0, 1, 2], (await ExecutorTests.ToListAsync(executor.MapAsync(x => x, [0, 1, 2], options, Token))).Order());
            Assert.Equal(3, recorder.Reports[^1].Done);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task ATokenThatIsCancelledAlready_SubmitsNothing()
    {
        ManualExecutor executor = new();
        CountingSource source = new(10);
        CancellationToken cancelled = new(canceled: true);
        await using Results<int> results = new(executor.Map(x => x, source, cancellationToken: cancelled));
        await using Results<int> asyncResults = new(executor.MapAsync(x => x, (IAsyncEnumerable<int>)source, cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => results.NextAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asyncResults.NextAsync());
        Assert.Equal((0, 0), (executor.Futures.Count, source.Consumed));
    }

    [Fact(Timeout = 120_000)]
    public async Task TheTokenOfTheLoop_CountsToo()
    {
        ManualExecutor executor = new();
        using CancellationTokenSource loop = new();
        IAsyncEnumerator<int> results = executor.MapAsync(x => x, [1, 2, 3], cancellationToken: Token).GetAsyncEnumerator(loop.Token);
        ValueTask<bool> next = results.MoveNextAsync();
        await loop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.All(executor.Futures, future => Assert.True(future.IsCancelled));
        await results.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task AsTheyCome_AQuickItemOvertakesASlowOne()
    {
        ManualExecutor executor = new();
        await using Results<int> results = new(executor.Map(x => x, [0, 1, 2, 3], new MapOptions { Ordered = false, ChunkSize = 1 }, Token));
        executor.Run(2);
        Assert.True(await results.NextAsync());
        Assert.Equal(2, results.Current);
        executor.Run(0);
        Assert.True(await results.NextAsync());
        Assert.Equal(0, results.Current);
    }

    [Fact(Timeout = 120_000)]
    public async Task ASlowAsyncSource_DoesNotHoldBackWhatIsThere()
    {
        await using ThreadPoolExecutor executor = new(2);
        TaskCompletionSource gate = new();
        CountingSource source = new(10)
        {
            BeforeItem = (index, token) => index == 3 ? gate.Task.WaitAsync(token) : Task.CompletedTask,
        };
        await using Results<int> results =
            new(executor.MapAsync(x => x, (IAsyncEnumerable<int>)source, new MapOptions { ChunkSize = 5 }, Token));

        for (int i = 0; i < 3; i++)
        {
            Assert.True(await results.NextAsync());
            Assert.Equal(i, results.Current);
        }

        Task<bool> fourth = results.NextAsync();
        Assert.False(fourth.IsCompleted);
        gate.SetResult();
        Assert.True(await fourth);
        Assert.Equal(3, results.Current);
    }

    [Fact(Timeout = 120_000)]
    public async Task ASlowAsyncSource_IsReadOnWhileTheCallerIsBusy()
    {
        ManualExecutor executor = new(workers: 2);
        SemaphoreSlim items = new(0);
        CountingSource source = new(10) { BeforeItem = (_, token) => items.WaitAsync(token) };
        await using Results<int> results = new(executor.MapAsync(x => x, (IAsyncEnumerable<int>)source, cancellationToken: Token));
        Assert.Empty(executor.Futures);
        items.Release(4);
        Assert.True(SpinWait.SpinUntil(() => executor.Futures.Count == 4, TimeSpan.FromSeconds(5)));
    }

    [Fact(Timeout = 120_000)]
    public async Task LeavingTheLoop_EndsAnAsyncSourceThatWaits()
    {
        ManualExecutor executor = new();
        CountingSource source = new(10) { BeforeItem = (_, token) => Task.Delay(Timeout.Infinite, token) };
        Results<int> results = new(executor.MapAsync(x => x, (IAsyncEnumerable<int>)source, cancellationToken: Token));
        await results.DisposeAsync();
        Assert.Equal((0, 1), (source.Consumed, source.Disposals));
    }

    [Fact(Timeout = 120_000)]
    public void Results_CanBeEnumeratedOnce()
    {
        using InlineExecutor executor = new();
        IEnumerable<int> results = executor.Map(x => x, [1, 2], cancellationToken: Token);
        Assert.Equal([1, 2], results);
        Assert.Contains("ToList", Assert.Throws<InvalidOperationException>(() => results.GetEnumerator()).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void AnArrayOfASubtype_IsMappedAsWhatItIs()
    {
        using InlineExecutor executor = new();
        object[] texts = (string[])["a", "bc"];
        Assert.Equal([1, 2], executor.Map(x => ((string)x).Length, texts, cancellationToken: Token));
    }

    [Fact(Timeout = 120_000)]
    public void CallOptions_ReachEveryChunk()
    {
        ManualExecutor executor = new();
        executor.Map(x => x, [1, 2, 3], new MapOptions { Call = new CallOptions { Name = "step" } }, Token);
        Assert.All(executor.Futures, future => Assert.Equal("step", future.Name));
    }

    [Fact(Timeout = 120_000)]
    public void AChunkThatIsCancelledElsewhere_IsACancelledResult()
    {
        ManualExecutor executor = new();
        using IEnumerator<int> results = executor.Map(x => x, [1, 2, 3], cancellationToken: Token).GetEnumerator();
        executor.Run(0);
        executor.Futures[1].Cancel();
        Assert.True(results.MoveNext());
        Assert.Throws<FutureCancelledException>(() => results.MoveNext());
    }

    [Fact(Timeout = 120_000)]
    public void Progress_IsToldOnTheThreadOfTheLoopAndALastTimeAtTheEnd()
    {
        using ThreadPoolExecutor executor = new(2);
        Recorder recorder = new();
        int[] items = [.. Enumerable.Range(0, 500)];
        Assert.Equal(500, executor.Map(x => x, items, new MapOptions { Progress = recorder }, Token).Count());

        Assert.All(recorder.Threads, thread => Assert.Equal(Environment.CurrentManagedThreadId, thread));
        Assert.Equal(recorder.Reports.OrderBy(report => report.Done), recorder.Reports);
        MapProgress last = recorder.Reports[^1];
        Assert.Equal((500, 500, 0, 1.0, TimeSpan.Zero), (last.Done, last.Total, last.Failed, last.Fraction, last.Remaining));
        Assert.True(last.Rate > 0);
    }

    [Fact(Timeout = 120_000)]
    public void Progress_CountsAFailure()
    {
        using InlineExecutor executor = new();
        Recorder recorder = new();
        Assert.Throws<FormatException>(() => executor.Map(
            x => x == 2 ? throw new FormatException() : x,
            new CountingSource(5),
            new MapOptions { Progress = recorder, ChunkSize = 1 },
            Token).Count());
        MapProgress last = recorder.Reports[^1];
        Assert.Equal((1, (long?)null, (double?)null, (TimeSpan?)null), (last.Failed, last.Total, last.Fraction, last.Remaining));
    }

    private sealed class Recorder : IProgress<MapProgress>
    {
        public List<MapProgress> Reports { get; } = [];

        public List<int> Threads { get; } = [];

        public void Report(MapProgress value)
        {
            Reports.Add(value);
            Threads.Add(Environment.CurrentManagedThreadId);
        }
    }

    /// <summary>Takes one result after the other, blocking or not.</summary>
    private sealed class Results<T> : IAsyncDisposable
    {
        private readonly IEnumerator<T>? _blocking;
        private readonly IAsyncEnumerator<T>? _async;

        public Results(IEnumerable<T> results) => _blocking = results.GetEnumerator();

        public Results(IAsyncEnumerable<T> results) => _async = results.GetAsyncEnumerator();

        public T Current => _async is not null ? _async.Current : _blocking!.Current;

        public async Task<bool> NextAsync() => _async is not null ? await _async.MoveNextAsync() : _blocking!.MoveNext();

        public ValueTask DisposeAsync()
        {
            _blocking?.Dispose();
            return _async?.DisposeAsync() ?? ValueTask.CompletedTask;
        }
    }
}
