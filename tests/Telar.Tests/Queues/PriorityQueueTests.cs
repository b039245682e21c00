using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

public class PriorityQueueTests : JoinableQueueContract
{
    protected override int[] OrderOf213 => [1, 2, 3];

    protected override QueueBase<int> NewJoinable(int maxSize) => new PriorityQueue<int>(maxSize);

    [Fact(Timeout = 120_000)]
    public void Get_WithAComparer_GivesTheSmallestByIt()
    {
        using PriorityQueue<string> queue = new(comparer: StringComparer.OrdinalIgnoreCase);
        queue.PutNoWait("b");
        queue.PutNoWait("C");
        queue.PutNoWait("A");
        Assert.Equal(["A", "b", "C"], [queue.GetNoWait(), queue.GetNoWait(), queue.GetNoWait()]);
    }

    [Fact(Timeout = 120_000)]
    public void Get_OfAStableQueue_KeepsTheOrderOfEquals()
    {
        using PriorityQueue<PrioritizedItem<int, int>> queue = new(isStable: true);
        Random random = new(5);
        PrioritizedItem<int, int>[] items = [.. Enumerable.Range(0, 2000).Select(i => new PrioritizedItem<int, int>(random.Next(5), i))];
        foreach (PrioritizedItem<int, int> item in items)
        {
            queue.PutNoWait(item);
        }

        // OrderBy is stable.
        Assert.Equal(items.OrderBy(item => item.Priority).Select(item => item.Item), items.Select(_ => queue.GetNoWait().Item));
    }

    [Fact(Timeout = 120_000)]
    public void AComparisonThatThrowsInPut_PutsNothingAndLosesNothing()
    {
        using PriorityQueue<Item> queue = new(comparer: new Picky());
        queue.PutNoWait(new Item(2));
        Assert.Throws<FormatException>(() => queue.PutNoWait(new Item(1, IsBad: true)));
        Assert.Equal((1, 1L), (queue.Count, queue.UnfinishedCount));

        queue.PutNoWait(new Item(1));
        Assert.Equal([1, 2], [queue.GetNoWait().Value, queue.GetNoWait().Value]);
    }

    [Fact(Timeout = 120_000)]
    public void AComparisonThatThrowsInGet_LosesNothing()
    {
        Picky comparer = new();
        using PriorityQueue<Item> queue = new(comparer: comparer);
        foreach (int value in (int[])[5, 3, 4, 1, 2])
        {
            queue.PutNoWait(new Item(value));
        }

        comparer.Refuses = true;
        Assert.Throws<FormatException>(() => queue.GetNoWait());
        Assert.Throws<FormatException>(() => queue.TryGet(out _));
        Assert.Equal(5, queue.Count);
        comparer.Refuses = false;

        Assert.Equal([1, 2, 3, 4, 5], Enumerable.Range(0, 5).Select(_ => queue.GetNoWait().Value));
    }

    [Fact(Timeout = 120_000)]
    public void ItemsThatCannotBeCompared_ThrowInThePutOfTheSecond()
    {
        using PriorityQueue<object> queue = new();
        queue.PutNoWait(new object());
        Assert.ThrowsAny<ArgumentException>(() => queue.PutNoWait(new object()));
        Assert.Equal(1, queue.Count);
        queue.GetNoWait();
    }

    [Fact(Timeout = 120_000)]
    public async Task AComparisonThatThrowsForOneWhoWaitsToPut_IsToldToHim()
    {
        using PriorityQueue<Item> queue = new(2, new Picky());
        queue.PutNoWait(new Item(1));
        queue.PutNoWait(new Item(2));
        Task bad = queue.PutAsync(new Item(3, IsBad: true), cancellationToken: Token).AsTask();
        Task good = queue.PutAsync(new Item(4), cancellationToken: Token).AsTask();

        Assert.Equal(1, queue.GetNoWait().Value);

        await Assert.ThrowsAsync<FormatException>(() => bad);
        await good;
        Assert.Equal([2, 4], [queue.GetNoWait().Value, queue.GetNoWait().Value]);
        Assert.Equal(3, queue.UnfinishedCount);
    }

    [Fact(Timeout = 120_000)]
    public void ShutdownImmediately_ComparesNothing()
    {
        Picky comparer = new();
        using PriorityQueue<Item> queue = new(comparer: comparer);
        queue.PutNoWait(new Item(1));
        queue.PutNoWait(new Item(2));
        queue.PutNoWait(new Item(3));
        comparer.Refuses = true;

        queue.Shutdown(immediate: true);
        Assert.Equal((0, 0L), (queue.Count, queue.UnfinishedCount));
    }

    [Fact(Timeout = 120_000)]
    public void AComparerThatCallsItsQueue_GetsAnExceptionAndNoHang()
    {
        PriorityQueue<int>? queue = null;
        queue = new PriorityQueue<int>(comparer: Comparer<int>.Create((a, b) =>
        {
            queue!.PutNoWait(0); // assigned before the first comparison
            return a - b;
        }));
        queue.PutNoWait(1);
        Assert.Throws<LockRecursionException>(() => queue.PutNoWait(2));
        Assert.Equal(1, queue.GetNoWait());
        queue.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public void PrioritizedItem_ComparesPrioritiesOnly()
    {
        PrioritizedItem<int, object> low = new(1, new object());
        PrioritizedItem<int, object> same = new(1, new object());
        PrioritizedItem<int, object> high = new(2, low.Item);

        Assert.True(low < high && low <= high && low <= same && high > low && high >= low && low == same && low != high);
        Assert.Equal(0, low.CompareTo(same));
        Assert.Equal(low.GetHashCode(), same.GetHashCode());

        using PriorityQueue<PrioritizedItem<int, object>> queue = new();
        queue.PutNoWait(high);
        queue.PutNoWait(low);
        Assert.Same(low.Item, queue.GetNoWait().Item);
    }

    internal sealed record Item(int Value, bool IsBad = false);

    internal sealed class Picky : IComparer<Item>
    {
        public bool Refuses { get; set; }

        public int Compare(Item? x, Item? y) =>
            Refuses || x!.IsBad || y!.IsBad ? throw new FormatException("Not comparable.") : x.Value - y.Value;
    }
}
