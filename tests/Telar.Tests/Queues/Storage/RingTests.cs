using Telar.Queues.Storage;
using Xunit;

namespace Telar.Tests.Queues.Storage;

/// <summary>The ring of the plain queues, by one thread; its races are in Telar.Litmus.</summary>
public class RingTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(21)]
    public void ARingThatGrows_WhereverItsHeadIs_KeepsTheOrder(int passed)
    {
        Ring<string> ring = new();
        for (int i = 0; i < passed; i++)
        {
            ring.Add("gone");
            ring.Remove();
        }

        string[] items = [.. Enumerable.Range(0, 100).Select(i => $"{i}")];
        Array.ForEach(items, ring.Add);

        Assert.Equal(items, ring.ToArray());
        Assert.Equal(items, items.Select(_ => ring.Remove()));
        Assert.True(ring.IsEmpty);
    }

    [Fact(Timeout = 120_000)]
    public void TryAdd_BeyondTheLimitOrTheArray_ChangesNothing()
    {
        Ring<int> ring = new();
        Assert.False(ring.TryAdd(1, int.MaxValue), "There was no array yet.");

        ring.Add(1);
        Assert.False(ring.TryAdd(2, 1), "The limit was reached.");
        Assert.True(ring.TryAdd(2, 2));
        Assert.Equal([1, 2], ring.ToArray());
    }

    [Fact(Timeout = 120_000)]
    public void Clear_LeavesARingThatIsEmptyAndGoesOn()
    {
        Ring<int> ring = new();
        for (int i = 0; i < 20; i++)
        {
            ring.Add(i);
        }

        ring.Remove();
        ring.Clear();
        Assert.Equal((0, false), (ring.Count, ring.TryRemove(out _)));

        ring.Add(7);
        Assert.Equal((1, 7, true), (ring.Count, ring.Remove(), ring.IsEmpty));
    }

    [Fact(Timeout = 120_000)]
    public void Unfinished_CountsWhatWasPutAndIsNotDone()
    {
        Ring<int> ring = new();
        Assert.False(ring.TryFinishOne(mayBeLast: true));
        ring.Add(1);
        ring.Remove();
        ring.PassOne();
        Assert.Equal(2, ring.Unfinished);
        Assert.Equal((true, false, true, false), (Finish(false), Finish(false), Finish(true), Finish(true)));

        ring.Add(3);
        ring.Unfinished = 0;
        Assert.Equal((0L, 1), (ring.Unfinished, ring.Count));

        bool Finish(bool mayBeLast) => ring.TryFinishOne(mayBeLast);
    }
}
