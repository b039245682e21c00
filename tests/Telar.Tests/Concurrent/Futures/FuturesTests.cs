using System.Runtime.CompilerServices;
using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public class FuturesTests
{
    private static readonly TimeSpan s_never = TimeSpan.FromMinutes(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_ForNothing_ReturnsEmptySets(bool async)
    {
        foreach (ReturnWhen when in Enum.GetValues<ReturnWhen>())
        {
            (IReadOnlySet<Future> done, IReadOnlySet<Future> notDone) = await WaitAsync<Future>([], s_never, when, async);
            Assert.Empty(done);
            Assert.Empty(notDone);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_ForAll_ReturnsWhenTheLastHasEnded(bool async)
    {
        FutureSource<int>[] sources = [new(), new(), new()];
        sources[0].SetResult(0);
        Task<(IReadOnlySet<Future<int>> Done, IReadOnlySet<Future<int>> NotDone)> wait =
            Task.Run(() => WaitAsync(sources.Select(source => source.Future), s_never, ReturnWhen.AllCompleted, async), Token);
        sources[1].SetException(new FormatException());
        Assert.False(wait.IsCompleted);
        sources[2].Future.Cancel();

        (IReadOnlySet<Future<int>> done, IReadOnlySet<Future<int>> notDone) = await wait;

        Assert.Equal(3, done.Count);
        Assert.Empty(notDone);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_CountsAFutureThatOccursTwiceOnce(bool async)
    {
        FutureSource<int> source = new();
        FutureSource<int> other = new();
        Task<(IReadOnlySet<Future<int>> Done, IReadOnlySet<Future<int>> NotDone)> wait = Task.Run(
            () => WaitAsync([source.Future, other.Future, source.Future], s_never, ReturnWhen.AllCompleted, async), Token);
        source.SetResult(1);
        other.SetResult(2);
        Assert.Equal(2, (await wait).Done.Count);

        var (done, notDone) = await WaitAsync([source.Future, source.Future], TimeSpan.Zero, ReturnWhen.AllCompleted, async);
        _ = Assert.Single(done);
        Assert.Empty(notDone);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_WhenTheTimeRunsOut_IsNoError(bool async)
    {
        FutureSource<int> done = new();
        FutureSource<int> open = new();
        done.SetResult(1);

        var result = await WaitAsync([done.Future, open.Future], TimeSpan.FromMilliseconds(20), ReturnWhen.AllCompleted, async);

        Assert.Equal([done.Future], result.Done);
        Assert.Equal([open.Future], result.NotDone);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_ForTheFirst_ReturnsWithIt(bool async)
    {
        FutureSource<int>[] sources = [new(), new(), new()];
        Task<(IReadOnlySet<Future<int>> Done, IReadOnlySet<Future<int>> NotDone)> wait =
            Task.Run(() => WaitAsync(sources.Select(source => source.Future), s_never, ReturnWhen.FirstCompleted, async), Token);
        sources[1].Future.Cancel();

        (IReadOnlySet<Future<int>> done, IReadOnlySet<Future<int>> notDone) = await wait;

        Assert.Equal([sources[1].Future], done);
        Assert.Equal(2, notDone.Count);

        // One that has ended already is enough, too.
        _ = Assert.Single((await WaitAsync(sources.Select(source => source.Future), s_never, ReturnWhen.FirstCompleted, async)).Done);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_ForTheFirstException_IgnoresCancelledOnes(bool async)
    {
        FutureSource<int>[] sources = [new(), new(), new(), new()];
        Task<(IReadOnlySet<Future<int>> Done, IReadOnlySet<Future<int>> NotDone)> wait =
            Task.Run(() => WaitAsync(sources.Select(source => source.Future), s_never, ReturnWhen.FirstException, async), Token);
        sources[0].SetResult(1);
        sources[1].Future.Cancel();
        await Task.Delay(50, Token);
        Assert.False(wait.IsCompleted);
        sources[2].SetException(new FormatException());

        (IReadOnlySet<Future<int>> done, IReadOnlySet<Future<int>> notDone) = await wait;

        Assert.Equal(3, done.Count);
        Assert.Equal([sources[3].Future], notDone);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_ForTheFirstExceptionOfNone_WaitsForAll(bool async)
    {
        FutureSource<int>[] sources = [new(), new()];
        Task<(IReadOnlySet<Future<int>> Done, IReadOnlySet<Future<int>> NotDone)> wait =
            Task.Run(() => WaitAsync(sources.Select(source => source.Future), s_never, ReturnWhen.FirstException, async), Token);
        sources[0].Future.Cancel();
        sources[1].SetResult(1);
        Assert.Equal(2, (await wait).Done.Count);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_WhenCancelled_Throws(bool async)
    {
        using CancellationTokenSource cancel = new();
        Future<int> future = new FutureSource<int>().Future;
        Task wait = async
            ? Futures.WaitAsync([future], cancellationToken: cancel.Token)
            : Task.Run(() => Futures.Wait([future], cancellationToken: cancel.Token), Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        Assert.False(future.IsDone);
    }

    [Fact(Timeout = 120_000)]
    public void Wait_WithBadArguments_SaysWhich()
    {
        Future<int> future = new FutureSource<int>().Future;
        Assert.Equal("returnWhen", Assert.Throws<ArgumentOutOfRangeException>(() => Futures.Wait([future], returnWhen: (ReturnWhen)9, cancellationToken: Token)).ParamName);
        Assert.Equal("timeout", Assert.Throws<ArgumentOutOfRangeException>(() => Futures.Wait([future], TimeSpan.FromSeconds(-2), cancellationToken: Token)).ParamName);
        Assert.Equal("futures", Assert.Throws<ArgumentNullException>(() => Futures.Wait<Future>(null!, cancellationToken: Token)).ParamName);
        Assert.Contains("position 1", Assert.Throws<ArgumentException>(() => Futures.Wait([future, null!], cancellationToken: Token)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Futures.WaitAsync([future], returnWhen: (ReturnWhen)9, cancellationToken: Token); });
        Assert.Throws<ArgumentOutOfRangeException>(() => Futures.AsCompleted([future], TimeSpan.FromSeconds(-2), Token));
        Assert.Throws<ArgumentException>(() => Futures.AsCompletedAsync([future, null!], cancellationToken: Token));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AsCompleted_GivesThoseThatHaveEndedFirstAndTheRestAsTheyEnd(bool async)
    {
        FutureSource<int>[] sources = [new("0"), new("1"), new("2"), new("3"), new("4")];
        Future<int>[] futures = [.. sources.Select(source => source.Future)];
        sources[3].SetResult(3);
        sources[1].SetException(new FormatException());
        List<string?> order = [];
        await using Steps<Future<int>> steps = new([.. futures, futures[0]], null, async);

        Assert.Equal("1", (await steps.NextAsync())!.Name);
        Assert.Equal("3", (await steps.NextAsync())!.Name);
        sources[4].Future.Cancel();
        sources[2].SetResult(2);
        Assert.Equal("4", (await steps.NextAsync())!.Name);
        Assert.Equal("2", (await steps.NextAsync())!.Name);
        Task<Future<int>?> last = Task.Run(steps.NextAsync, Token);
        sources[0].SetResult(0);
        Assert.Equal("0", (await last)!.Name);
        Assert.Null(await steps.NextAsync());
        Assert.Null(await steps.NextAsync());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AsCompleted_WhenTheTimeRunsOut_SaysHowManyAreLeft(bool async)
    {
        FutureSource<int>[] sources = [new(), new(), new()];
        sources[1].SetResult(1);
        await using Steps<Future<int>> steps = new(sources.Select(source => source.Future), TimeSpan.Zero, async);
        Assert.Same(sources[1].Future, await steps.NextAsync());

        TimeoutException thrown = await Assert.ThrowsAsync<TimeoutException>(() => steps.NextAsync());

        Assert.Equal("2 (of 3) futures unfinished when the time-out of AsCompleted ran out. They go on.", thrown.Message);
        Assert.Null(await steps.NextAsync());
        Assert.False(sources[0].Future.IsDone);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AsCompleted_StartsItsClockAtTheCall(bool async)
    {
        Future<int> future = new FutureSource<int>().Future;
        Steps<Future<int>> steps = new([future], TimeSpan.FromMilliseconds(600), async);
        await Task.Delay(700, Token);

        long start = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<TimeoutException>(() => steps.NextAsync());
        TimeSpan waited = TimeProvider.System.GetElapsedTime(start);

        Assert.True(waited < TimeSpan.FromMilliseconds(500), $"It waited {waited} after its time had run out.");
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AsCompleted_WhenCancelled_Throws(bool async)
    {
        using CancellationTokenSource cancel = new();
        FutureSource<int> source = new();
        await using Steps<Future<int>> steps = new([source.Future], null, async, cancel.Token);
        Task<Future<int>?> next = Task.Run(steps.NextAsync, Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact(Timeout = 120_000)]
    public async Task AsCompletedAsync_ObservesTheTokenOfTheLoopToo()
    {
        using CancellationTokenSource call = new();
        using CancellationTokenSource loop = new();
        FutureSource<int> source = new();
        IAsyncEnumerator<Future<int>> steps =
            Futures.AsCompletedAsync([source.Future], cancellationToken: call.Token).GetAsyncEnumerator(loop.Token);
        ValueTask<bool> next = steps.MoveNextAsync();
        await loop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        await steps.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public void AsCompleted_CanBeEnumeratedOnce()
    {
        FutureSource<int> source = new();
        source.SetResult(1);
        IEnumerable<Future<int>> sequence = Futures.AsCompleted([source.Future], cancellationToken: Token);
        Assert.Single(sequence);
        Assert.Throws<InvalidOperationException>(() => sequence.GetEnumerator());
    }

    [Fact(Timeout = 120_000)]
    public void AsCompleted_LetsGoOfWhatItHasGiven()
    {
        FutureSource<byte[]> last = new();
        (IEnumerator<Future<byte[]>> steps, WeakReference given) = TakeOne(last.Future);
        last.SetResult([]);
        Assert.True(steps.MoveNext());

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(given.IsAlive);
        steps.Dispose();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (IEnumerator<Future<byte[]>>, WeakReference) TakeOne(Future<byte[]> last)
        {
            FutureSource<byte[]> first = new();
            first.SetResult(new byte[1000]);
            IEnumerator<Future<byte[]>> steps = Futures.AsCompleted([first.Future, last], cancellationToken: Token).GetEnumerator();
            Assert.True(steps.MoveNext());
            Assert.Same(first.Future, steps.Current);
            return (steps, new WeakReference(first.Future));
        }
    }

    [Fact(Timeout = 120_000)]
    public void AsCompleted_OfManyFutures_TakesTimeInProportion()
    {
        // With a scan of all futures for each step this takes minutes.
        FutureSource<int>[] sources = new FutureSource<int>[100_000];
        for (int i = 0; i < sources.Length; i++)
        {
            sources[i] = new FutureSource<int>();
        }

        long sum = 0;
        int next = sources.Length - 1;
        IEnumerable<Future<int>> completed = Futures.AsCompleted(sources.Select(source => source.Future), cancellationToken: Token);
        sources[next].SetResult(next);
        foreach (Future<int> future in completed)
        {
            Assert.Equal(next, future.Result());
            sum += next;
            if (--next >= 0)
            {
                sources[next].SetResult(next);
            }
        }

        Assert.Equal((long)sources.Length * (sources.Length - 1) / 2, sum);
    }

    // Red without IsAwaitedBy, and without the set that is built when a future ends between being met and being watched.
    [Theory(Timeout = 120_000)]
    [InlineData(false, false, false)]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void AsCompleted_OfFuturesGivenTwice_GivesEachOnce(bool someHaveEnded, bool someEndMeanwhile, bool othersWaitToo)
    {
        FutureSource<int> ended = new("ended");
        FutureSource<int> open = new("open");
        FutureSource<int> endsMeanwhile = new("ends meanwhile");
        ended.SetResult(0);
        if (othersWaitToo)
        {
            open.Future.AddDoneCallback(static _ => { });
            open.Future.AddDoneCallback(static _ => { });
        }

        IEnumerable<Future<int>> given = Futures.AsCompleted(Twice(), cancellationToken: Token);
        open.SetResult(0);

        IEnumerable<string?> expected = ["ended", "ends meanwhile", "open"];
        Assert.Equal(
            expected.Where(name => name == "open" || (name == "ended" ? someHaveEnded : someEndMeanwhile)),
            given.Select(future => future.Name));

        IEnumerable<Future<int>> Twice()
        {
            for (int i = 0; i < 2; i++)
            {
                if (someHaveEnded)
                {
                    yield return ended.Future;
                }

                if (someEndMeanwhile)
                {
                    yield return endsMeanwhile.Future;
                }

                yield return open.Future;
            }

            endsMeanwhile.SetResult(0);
        }
    }

    [Fact(Timeout = 120_000)]
    public void AsCompleted_WhileThreadsEndThem_GivesEachOnce()
    {
        for (int round = 0; round < 50; round++)
        {
            FutureSource<int>[] sources = [.. Enumerable.Range(0, 200).Select(_ => new FutureSource<int>())];
            Thread[] threads = [.. Enumerable.Range(0, 2).Select(part => new Thread(() =>
            {
                for (int i = part; i < sources.Length; i += 2)
                {
                    sources[i].SetResult(i);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());

            List<int> given = [.. Futures.AsCompleted([.. sources.Select(source => source.Future), .. sources.Select(source => source.Future)], cancellationToken: Token).Select(future => future.Result())];

            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal(Enumerable.Range(0, 200), given.Order());
        }
    }

    private static async Task<(IReadOnlySet<TFuture> Done, IReadOnlySet<TFuture> NotDone)> WaitAsync<TFuture>(
        IEnumerable<TFuture> futures, TimeSpan? timeout, ReturnWhen returnWhen, bool async)
        where TFuture : Future =>
        async
            ? await Futures.WaitAsync(futures, timeout, returnWhen, Token)
            : Futures.Wait(futures, timeout, returnWhen, Token);

    /// <summary>Takes one future after the other, blocking or not.</summary>
    private sealed class Steps<TFuture> : IAsyncDisposable
        where TFuture : Future
    {
        private readonly IEnumerator<TFuture>? _blocking;
        private readonly IAsyncEnumerator<TFuture>? _async;

        public Steps(IEnumerable<TFuture> futures, TimeSpan? timeout, bool async, CancellationToken? cancellationToken = null)
        {
            CancellationToken token = cancellationToken ?? Token;
            if (async)
            {
                _async = Futures.AsCompletedAsync(futures, timeout, token).GetAsyncEnumerator(token);
            }
            else
            {
                _blocking = Futures.AsCompleted(futures, timeout, token).GetEnumerator();
            }
        }

        public async Task<TFuture?> NextAsync() => _async is not null
            ? (await _async.MoveNextAsync() ? _async.Current : null)
            : (_blocking!.MoveNext() ? _blocking.Current : null);

        public ValueTask DisposeAsync()
        {
            _blocking?.Dispose();
            return _async?.DisposeAsync() ?? ValueTask.CompletedTask;
        }
    }
}
