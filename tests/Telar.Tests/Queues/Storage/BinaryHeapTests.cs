using FsCheck;
using FsCheck.Fluent;
using Telar.Queues.Storage;
using Xunit;

namespace Telar.Tests.Queues.Storage;

/// <summary>
/// A heap against a sorted list, with a comparer that throws at chosen comparisons. Seen red with: the item stored before it is compared;
/// items moved while the path is still being looked for; the count changed before the last comparison.
/// </summary>
public class BinaryHeapTests
{
    private static readonly Config s_quiet = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300);

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public void AHeapWhoseComparerThrows_HoldsWhatItHeldBefore(bool isStable) =>
        Prop.ForAll<int[], PositiveInt>((script, period) => Behaves(script, period.Get, isStable)).Check(s_quiet);

    [Fact(Timeout = 120_000)]
    public void ALargeHeap_Sorts()
    {
        Random random = new(11);
        BinaryHeap<int> heap = new(Comparer<int>.Default, isStable: false);
        int[] items = [.. Enumerable.Range(0, 100_000).Select(_ => random.Next(50_000))];
        foreach (int item in items)
        {
            heap.Add(item);
        }

        Assert.Equal(items.Order(), items.Select(_ => heap.Remove()));
        Assert.Equal(0, heap.Count);
    }

    // Positive numbers are added, others remove. Every period-th comparison throws.
    private static bool Behaves(int[] script, int period, bool isStable)
    {
        Throwing comparer = new() { Period = period + 2 };
        BinaryHeap<(int Key, int Arrival)> heap = new(comparer, isStable);
        List<(int Key, int Arrival)> model = [];
        int arrival = 0;
        foreach (int step in script.Concat(script.Reverse()).Concat(script))
        {
            try
            {
                if (step > 0)
                {
                    (int, int) item = (step % 7, arrival++);
                    heap.Add(item);
                    model.Add(item);
                }
                else if (model.Count > 0)
                {
                    if (!Matches(heap.Remove(), model, isStable))
                    {
                        return false;
                    }
                }
            }
            catch (FormatException)
            {
                if (!heap.ToArray().Order().SequenceEqual(model.Order()))
                {
                    return false;
                }
            }

            if (heap.Count != model.Count)
            {
                return false;
            }
        }

        comparer.Period = int.MaxValue;
        while (model.Count > 0)
        {
            if (heap.Peek() != heap.ToArray()[0] || !Matches(heap.Remove(), model, isStable))
            {
                return false;
            }
        }

        return heap.Count == 0;
    }

    private static bool Matches((int Key, int Arrival) removed, List<(int Key, int Arrival)> model, bool isStable)
    {
        (int Key, int Arrival) least = model.Min();
        return model.Remove(removed) && removed.Key == least.Key && (!isStable || removed == least);
    }

    private sealed class Throwing : IComparer<(int Key, int Arrival)>
    {
        private int _comparisons;

        public int Period { get; set; }

        public int Compare((int Key, int Arrival) x, (int Key, int Arrival) y) =>
            ++_comparisons % Period == 0 ? throw new FormatException() : x.Key.CompareTo(y.Key);
    }
}
