using System.Runtime.CompilerServices;

namespace Telar.Queues.Storage;

// Invariants (proof: docs/design/queues.md#two-ends)
//   I1  The item of position p, for Gets.Position <= p < Puts.Position, is at p modulo the length, which is a power of two, or 0.
//   I2  Puts.Position changes only under the latch of that end, by 1, after the item was written; the release of it pairs with the acquire
//       in TryRemove. Gets.Position changes only under its own latch, by 1, after the item was read and its place cleared; the release
//       pairs with the acquire in TryAdd: so a place is written again only when nobody reads it any more.
//   I3  OtherSeen <= the position of the other end, and Gets.Position <= the OtherSeen of the gets.
//   I4  0 <= Gets.Done <= Puts.Position: how many of the items that were ever put are done.
// Locks
//   The latches of the ends, Puts before Gets. TryAdd and TryRemove need that of their end, TryFinishOne that of the gets; all else that
//   changes something, the array and Gets.Done too, needs both. A larger array is made under both: who finds a latch held for so long
//   yields its processor.

/// <summary>Items in the order of their arrival, in an array that is used round and round and doubles when it is full.</summary>
/// <remarks>Those who put and those who get do not meet: each end has a latch and a position of its own.</remarks>
internal sealed class Ring<T>
{
    private const int FirstLength = 16;

    private T[] _items = [];
    private RingEnd _puts;
    private RingEnd _gets;

    /// <summary>How many items there are; without a latch, how many there were at one moment.</summary>
    public int Count
    {
        get
        {
            while (true)
            {
                long head = Volatile.Read(ref _gets.Position);
                long tail = Volatile.Read(ref _puts.Position);
                if (head == Volatile.Read(ref _gets.Position))
                {
                    return (int)(tail - head);
                }
            }
        }
    }

    /// <summary>Whether there was no item, at one moment. In this order: the head cannot have passed the tail that is read after it.</summary>
    public bool IsEmpty => Volatile.Read(ref _gets.Position) == Volatile.Read(ref _puts.Position);

    /// <summary>How many items were put and are not done; set under both latches.</summary>
    public long Unfinished
    {
        get
        {
            while (true)
            {
                long done = Volatile.Read(ref _gets.Done);
                long tail = Volatile.Read(ref _puts.Position);
                if (done == Volatile.Read(ref _gets.Done))
                {
                    return tail - done;
                }
            }
        }

        set => Volatile.Write(ref _gets.Done, _puts.Position - value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterPuts() => _puts.Latch.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ExitPuts() => _puts.Latch.Exit();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EnterGets() => _gets.Latch.Enter();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ExitGets() => _gets.Latch.Exit();

    /// <summary>Adds an item where that needs no larger array; needs the latch of the puts.</summary>
    /// <param name="item">What to add.</param>
    /// <param name="limit">How many items there may be.</param>
    /// <returns>Whether there was room.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(T item, int limit)
    {
        T[] items = _items;
        long tail = _puts.Position;
        int room = Math.Min(limit, items.Length);
        if (tail - _puts.OtherSeen >= room)
        {
            _puts.OtherSeen = Volatile.Read(ref _gets.Position);
            if (tail - _puts.OtherSeen >= room)
            {
                return false;
            }
        }

        items[(int)tail & (items.Length - 1)] = item;
        Volatile.Write(ref _puts.Position, tail + 1);
        return true;
    }

    /// <summary>Takes the oldest item, if there is one; needs the latch of the gets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRemove(out T item)
    {
        T[] items = _items;
        long head = _gets.Position;
        if (head == _gets.OtherSeen)
        {
            _gets.OtherSeen = Volatile.Read(ref _puts.Position);
            if (head == _gets.OtherSeen)
            {
                item = default!; // the caller does not look
                return false;
            }
        }

        ref T place = ref items[(int)head & (items.Length - 1)];
        item = place;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            place = default!; // nobody looks at an empty place
        }

        Volatile.Write(ref _gets.Position, head + 1);
        return true;
    }

    /// <summary>Counts an item as done, unless it is the last one that is not, or none is left; needs the latch of the gets.</summary>
    /// <param name="mayBeLast">Whether the last one may be counted, too.</param>
    public bool TryFinishOne(bool mayBeLast)
    {
        if (Volatile.Read(ref _puts.Position) - _gets.Done < (mayBeLast ? 1 : 2))
        {
            return false;
        }

        Volatile.Write(ref _gets.Done, _gets.Done + 1);
        return true;
    }

    /// <summary>Adds an item, in a larger array where it takes one; needs both latches.</summary>
    public void Add(T item)
    {
        if (!TryAdd(item, int.MaxValue))
        {
            Grow();
            _ = TryAdd(item, int.MaxValue);
        }
    }

    /// <summary>Takes the oldest item; there is one. Needs both latches.</summary>
    public T Remove()
    {
        _ = TryRemove(out T item);
        return item;
    }

    /// <summary>Counts an item that went from hand to hand; the ring is empty. Needs both latches.</summary>
    public void PassOne()
    {
        Volatile.Write(ref _puts.Position, _puts.Position + 1);
        _gets.OtherSeen = _puts.Position;
        Volatile.Write(ref _gets.Position, _puts.Position);
    }

    /// <summary>The oldest item; there is one. Needs both latches.</summary>
    public T Peek() => _items[(int)_gets.Position & (_items.Length - 1)];

    /// <summary>Throws all items away, and the array; needs both latches.</summary>
    public void Clear()
    {
        _gets.OtherSeen = _puts.Position;
        Volatile.Write(ref _gets.Position, _puts.Position);
        _items = [];
    }

    /// <summary>The items, the oldest first; needs both latches.</summary>
    public T[] ToArray()
    {
        T[] copy = new T[Count];
        if (copy.Length > 0)
        {
            int head = (int)_gets.Position & (_items.Length - 1);
            int first = Math.Min(copy.Length, _items.Length - head);
            Array.Copy(_items, head, copy, 0, first);
            Array.Copy(_items, 0, copy, first, copy.Length - first);
        }

        return copy;
    }

    // The array is full. What lies behind the head keeps its order up to the end of the array, and what has gone round follows it:
    // two pieces, each of which keeps together in the larger array.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        T[] items = _items;
        T[] larger = new T[Math.Max(FirstLength, checked(items.Length * 2))];
        if (items.Length > 0)
        {
            int head = (int)_gets.Position & (items.Length - 1);
            int first = items.Length - head;
            Array.Copy(items, head, larger, (int)_gets.Position & (larger.Length - 1), first);
            Array.Copy(items, 0, larger, (int)(_gets.Position + first) & (larger.Length - 1), head);
        }

        _items = larger;
    }
}
