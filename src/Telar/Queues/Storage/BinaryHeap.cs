using System.Runtime.CompilerServices;

namespace Telar.Queues.Storage;

/// <summary>Items of which the smallest is at hand, by a comparer that may throw.</summary>
/// <remarks>
/// Adding and removing first do all their comparisons, which decide a path through the heap, and then move the items along it. A comparison
/// that throws therefore leaves the heap exactly as it was.
/// </remarks>
internal sealed class BinaryHeap<T>(IComparer<T> comparer, bool isStable)
{
    private const int FirstLength = 16;

    // The path from the root to a leaf: an array has less than 2^31 items.
    private const int LongestPath = 32;

    private T[] _items = [];

    // The numbers of arrival, beside the items; only of a stable heap.
    private long[] _arrivals = [];
    private long _lastArrival;

    public int Count { get; private set; }

    public T Peek() => _items[0];

    public void Add(T item)
    {
        Span<int> path = stackalloc int[LongestPath];
        int length = 0;
        int place = Count;

        // The new item is the youngest: among equals it stays below, so that no number need be compared.
        while (place > 0 && comparer.Compare(item, _items[(place - 1) / 2]) < 0)
        {
            path[length++] = place;
            place = (place - 1) / 2;
        }

        EnsureRoom();
        Count++;
        for (int i = 0; i < length; i++)
        {
            Move((path[i] - 1) / 2, path[i]);
        }

        _items[place] = item;
        if (isStable)
        {
            _arrivals[place] = ++_lastArrival;
        }
    }

    /// <summary>Takes the smallest item; there is one.</summary>
    public T Remove()
    {
        // The last item takes the place of the first, and sinks to where it belongs.
        Span<int> path = stackalloc int[LongestPath];
        int length = 0;
        int last = Count - 1;
        int place = 0;
        for (int child = 1; child < last; child = (2 * place) + 1)
        {
            if (child + 1 < last && IsLess(child + 1, child))
            {
                child++;
            }

            if (!IsLess(child, last))
            {
                break;
            }

            path[length++] = child;
            place = child;
        }

        T smallest = _items[0];
        int hole = 0;
        for (int i = 0; i < length; i++)
        {
            Move(path[i], hole);
            hole = path[i];
        }

        Move(last, hole);
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            _items[last] = default!; // nobody looks at an empty place
        }

        Count = last;
        return smallest;
    }

    public void Clear()
    {
        _items = [];
        _arrivals = [];
        Count = 0;
    }

    public T[] ToArray() => _items.AsSpan(0, Count).ToArray();

    private bool IsLess(int left, int right)
    {
        int order = comparer.Compare(_items[left], _items[right]);
        return order < 0 || (order == 0 && isStable && _arrivals[left] < _arrivals[right]);
    }

    private void Move(int from, int to)
    {
        _items[to] = _items[from];
        if (isStable)
        {
            _arrivals[to] = _arrivals[from];
        }
    }

    private void EnsureRoom()
    {
        if (Count == _items.Length)
        {
            int length = Math.Max(FirstLength, checked(Count * 2));
            if (isStable)
            {
                Array.Resize(ref _arrivals, length);
            }

            // Last: it is what the next call looks at, should memory be short.
            Array.Resize(ref _items, length);
        }
    }
}
