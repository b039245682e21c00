using Telar.Litmus.Harness;

namespace Telar.Litmus.Mutants;

// Invariants
//   None holds, on purpose: two consumers may read the same head before one of them moves it.

/// <summary>A ring whose consumers move its head with a read and a write. One producer at a time.</summary>
internal sealed class DoubleQueue : IItems
{
    private readonly int[] _items = new int[4];
    private int _head;
    private int _tail;

    public void Put(int item)
    {
        int tail = _tail;
        _items[tail & 3] = item;
        Volatile.Write(ref _tail, tail + 1);
    }

    public bool TryGet(out int item)
    {
        int head = Volatile.Read(ref _head);
        if (head == Volatile.Read(ref _tail))
        {
            item = -1;
            return false;
        }

        item = _items[head & 3];
        Volatile.Write(ref _head, head + 1);
        return true;
    }

    public bool Get(TimeSpan patience, out int item) => throw new NotSupportedException("No race waits for it.");
}
