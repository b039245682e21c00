namespace Telar.Tests.Threading;

using Telar.Tests.Concurrent.Futures;
using Telar.Threading;

public class SharedSequenceTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Mutant: TryNext without its lock hands the same item to two threads, or breaks the iterator.
    [Fact(Timeout = 120_000)]
    public void Serialize_GivesEachItemToExactlyOneThread()
    {
        const int Items = 3_000;
        CountingSource source = new(Items);
        using SerializedEnumerable<int> shared = Slowly(source).Serialize();
        List<int>[] taken = [[], [], []];
        using ManualResetEventSlim gate = new();
        Thread[] threads = [.. taken.Select(mine => new Thread(() =>
        {
            gate.Wait(Token);
            mine.AddRange(shared);
        }))];

        Run(threads, gate);

        Assert.All(taken, static mine => Assert.Equal(mine.Order(), mine));
        Assert.Equal(Enumerable.Range(0, Items), taken.SelectMany(static mine => mine).Order());
        Assert.Equal((Items, 1), (source.Consumed, source.Disposals));
        Assert.False(shared.TryNext(out _));
    }

    [Fact(Timeout = 120_000)]
    public void Serialize_ReadsNothingAhead_AndLeavesTheSourceOpenAfterABreak()
    {
        CountingSource source = new(10);
        using SerializedEnumerable<int> shared = source.Serialize();
        Assert.Equal(0, source.Consumed);

        Assert.Equal([0, 1, 2], shared.Take(3));
        Assert.Equal(3, source.Consumed);
        Assert.True(shared.TryNext(out int next));
        Assert.Equal(3, next);
        Assert.Equal(0, source.Disposals);

        shared.Dispose();
        Assert.Equal(1, source.Disposals);
        Assert.False(shared.TryNext(out _));
        Assert.Empty(shared);
        shared.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public void Serialize_SourceThatThrows_EndsForTheOthers()
    {
        CountingSource source = new(10, throwsAt: 2);
        using SerializedEnumerable<int> shared = source.Serialize();
        Assert.True(shared.TryNext(out _));
        Assert.True(shared.TryNext(out _));

        Assert.Throws<FormatException>(() => shared.TryNext(out _));

        Assert.False(shared.TryNext(out _));
        Assert.Equal(1, source.Disposals);
    }

    [Fact(Timeout = 120_000)]
    public void Serialize_SourceThatAsksItself_IsRefused()
    {
        SerializedEnumerable<int>? shared = null;
        shared = Own().Serialize();

        Assert.Throws<InvalidOperationException>(() => shared.TryNext(out _));

        IEnumerable<int> Own()
        {
            yield return shared!.First();
        }
    }

    [Fact(Timeout = 120_000)]
    public void Synchronized_SerializesEachResultOfItsOwn()
    {
        Func<int, SerializedEnumerable<int>> counted = Iterators.Synchronized<int, int>(static n => Enumerable.Range(0, n));
        Func<SerializedEnumerable<int>> plain = Iterators.Synchronized(static () => Enumerable.Range(0, 2));

        using SerializedEnumerable<int> first = counted(2);
        using SerializedEnumerable<int> second = counted(3);
        using SerializedEnumerable<int> third = plain();
        Assert.Equal([0, 1], first);
        Assert.Equal([0, 1, 2], second);
        Assert.Equal([0, 1], third);
        Assert.Throws<ArgumentNullException>(static () => Iterators.Synchronized<int>(null!));
        Assert.Throws<ArgumentNullException>(static () => ((IEnumerable<int>)null!).Serialize());
    }

    [Fact(Timeout = 120_000)]
    public async Task SerializeAsync_GivesEachItemToExactlyOneConsumer()
    {
        CountingSource source = new(2_000) { BeforeItem = static async (_, _) => await Task.Yield() };
        await using SerializedAsyncEnumerable<int> shared = ((IAsyncEnumerable<int>)source).Serialize(Token);

        List<int>[] taken = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            List<int> mine = [];
            await foreach (int item in shared.WithCancellation(Token))
            {
                mine.Add(item);
            }

            return mine;
        }));

        Assert.Equal(Enumerable.Range(0, 2_000), taken.SelectMany(static mine => mine).Order());
        Assert.Equal(1, source.Disposals);
        Assert.False((await shared.TryNextAsync(Token)).HasItem);
    }

    [Fact(Timeout = 120_000)]
    public async Task SerializeAsync_ACancelledWaitForTheTurn_LosesNoItem()
    {
        TaskCompletionSource first = new();
        CountingSource source = new(2) { BeforeItem = (index, _) => index == 0 ? first.Task : Task.CompletedTask };
        await using SerializedAsyncEnumerable<int> shared = ((IAsyncEnumerable<int>)source).Serialize(Token);
        using CancellationTokenSource stop = new();
        ValueTask<(bool, int)> taking = shared.TryNextAsync(Token);
        ValueTask<(bool, int)> waiting = shared.TryNextAsync(stop.Token);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        first.SetResult();

        Assert.Equal((true, 0), await taking);
        Assert.Equal((true, 1), await shared.TryNextAsync(Token));
        Assert.Equal((false, 0), await shared.TryNextAsync(Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task SerializeAsync_SourceThatThrows_EndsForTheOthers_AndDisposeEndsForAll()
    {
        CountingSource failing = new(5, throwsAt: 0);
        await using SerializedAsyncEnumerable<int> broken = ((IAsyncEnumerable<int>)failing).Serialize(Token);
        await Assert.ThrowsAsync<FormatException>(async () => await broken.TryNextAsync(Token));
        Assert.Equal((false, 0), await broken.TryNextAsync(Token));
        Assert.Equal(1, failing.Disposals);

        CountingSource source = new(5);
        SerializedAsyncEnumerable<int> shared = ((IAsyncEnumerable<int>)source).Serialize(Token);
        Assert.Equal((true, 0), await shared.TryNextAsync(Token));
        await shared.DisposeAsync();
        await shared.DisposeAsync();
        Assert.Equal((false, 0), await shared.TryNextAsync(Token));
        Assert.Equal(1, source.Disposals);
    }

    // Mutant: Fill without the second look at Next under the lock loses items that two branches ask for at once.
    [Fact(Timeout = 120_000)]
    public void ConcurrentTee_GivesAllItemsToEachThread()
    {
        const int Items = 3_000;
        CountingSource source = new(Items);
        IReadOnlyList<IEnumerable<int>> branches = Iterators.ConcurrentTee(Slowly(source), 3);
        Assert.Equal(0, source.Consumed);
        List<int>[] taken = [[], [], []];
        using ManualResetEventSlim gate = new();
        Thread[] threads = [.. branches.Zip(taken, (branch, mine) => new Thread(() =>
        {
            gate.Wait(Token);
            mine.AddRange(branch);
        }))];

        Run(threads, gate);

        Assert.All(taken, static mine => Assert.Equal(Enumerable.Range(0, Items), mine));
        Assert.Equal((Items, 1), (source.Consumed, source.Disposals));
    }

    [Fact(Timeout = 120_000)]
    public void ConcurrentTee_Counts()
    {
        Assert.Empty(Iterators.ConcurrentTee(Enumerable.Range(0, 3), 0));
        Assert.Equal(2, Iterators.ConcurrentTee(Enumerable.Range(0, 3)).Count);
        Assert.Throws<ArgumentOutOfRangeException>(static () => Iterators.ConcurrentTee(Enumerable.Range(0, 3), -1));
        Assert.Throws<ArgumentNullException>(static () => Iterators.ConcurrentTee<int>(null!));
    }

    [Fact(Timeout = 120_000)]
    public void ConcurrentTee_ReadsAsFarAsTheFastestGoes_AndKeepsTheRestForTheOthers()
    {
        CountingSource source = new(10);
        IReadOnlyList<IEnumerable<int>> branches = Iterators.ConcurrentTee(source);
        using IEnumerator<int> fast = branches[0].GetEnumerator();
        for (int i = 0; i < 4; i++)
        {
            Assert.True(fast.MoveNext());
            Assert.Equal(i, fast.Current);
        }

        Assert.Equal(4, source.Consumed);
        Assert.Equal(Enumerable.Range(0, 10), branches[1]);
        Assert.Equal(10, source.Consumed);
        Assert.True(fast.MoveNext());
        Assert.Equal(4, fast.Current);
    }

    [Fact(Timeout = 120_000)]
    public void ConcurrentTee_SourceThatThrows_ThrowsInEachAtTheSamePlace()
    {
        IReadOnlyList<IEnumerable<int>> branches = Iterators.ConcurrentTee(new CountingSource(10, throwsAt: 2));

        foreach (IEnumerable<int> branch in branches)
        {
            List<int> seen = [];
            Assert.Throws<FormatException>(() => seen.AddRange(branch));
            using IEnumerator<int> over = branch.GetEnumerator();
            Assert.False(over.MoveNext());
        }
    }

    [Fact(Timeout = 120_000)]
    public void ConcurrentTee_WhenAllLeave_LetsTheSourceGo()
    {
        CountingSource source = new(10);
        IReadOnlyList<IEnumerable<int>> branches = Iterators.ConcurrentTee(source);

        Assert.Equal(0, branches[0].First());
        Assert.Equal(0, source.Disposals);
        Assert.Equal(0, branches[1].First());

        Assert.Equal((1, 1), (source.Consumed, source.Disposals));
    }

    [Fact(Timeout = 120_000)]
    public void ConcurrentTee_DropsItemsThatAllHaveTaken()
    {
        List<WeakReference> items = [];
        IReadOnlyList<IEnumerable<object>> branches = Iterators.ConcurrentTee(Make(items));
        using IEnumerator<object> first = branches[0].GetEnumerator();
        using IEnumerator<object> second = branches[1].GetEnumerator();
        Advance(first, 50);
        Advance(second, 50);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.True(items.Count(static item => item.IsAlive) < 5, "what all branches have passed is not needed any more");
        Advance(first, 50);

        static void Advance(IEnumerator<object> branch, int count)
        {
            for (int i = 0; i < count; i++)
            {
                Assert.True(branch.MoveNext());
            }
        }

        static IEnumerable<object> Make(List<WeakReference> items)
        {
            for (int i = 0; i < 100; i++)
            {
                object item = new();
                items.Add(new WeakReference(item));
                yield return item;
            }
        }
    }

    // Lets others run while it makes an item, so that they come in if they can.
    private static IEnumerable<int> Slowly(IEnumerable<int> source)
    {
        foreach (int item in source)
        {
            System.Threading.Thread.Yield();
            yield return item;
        }
    }

    private static void Run(Thread[] threads, ManualResetEventSlim gate)
    {
        Array.ForEach(threads, static thread => thread.Start());
        gate.Set();
        Array.ForEach(threads, thread => Assert.True(thread.Join(s_patience, Token)));
        Assert.All(threads, static thread => Assert.Null(thread.Exception));
    }
}
