using System.Runtime.CompilerServices;

namespace Telar.Queues.Storage;

/// <summary>Items in the order of their arrival, in an array that is used round and round and doubles when it is full.</summary>
internal struct Ring<T>
{
    private const int FirstLength = 16;

    private T[] _items;
    private int _head;
    private int _count;

    public Ring()
    {
        _items = [];
    }

    public readonly int Count => _count;

    public void Add(T item)
    {
        T[] items = _items;
        if (_count == items.Length)
        {
            items = Grow();
        }

        items[(_head + _count) & (items.Length - 1)] = item;
        _count++;
    }

    /// <summary>Takes the oldest item; there is one.</summary>
    public T Remove()
    {
        T[] items = _items;
        ref T place = ref items[_head];
        T item = place;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            place = default!; // nobody looks at an empty place
        }

        _head = (_head + 1) & (items.Length - 1);
        _count--;
        return item;
    }

    public readonly T Peek() => _items[_head];

    public void Clear() => this = new Ring<T>();

    public readonly T[] ToArray()
    {
        T[] copy = new T[_count];
        int first = Math.Min(_count, _items.Length - _head);
        Array.Copy(_items, _head, copy, 0, first);
        Array.Copy(_items, 0, copy, first, _count - first);
        return copy;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T[] Grow()
    {
        T[] larger = new T[Math.Max(FirstLength, checked(_items.Length * 2))];
        int first = _items.Length - _head;
        Array.Copy(_items, _head, larger, 0, first);
        Array.Copy(_items, 0, larger, first, _head);
        _head = 0;
        return _items = larger;
    }
}
