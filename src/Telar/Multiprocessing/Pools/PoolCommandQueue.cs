using System.Diagnostics.CodeAnalysis;

namespace Telar.Multiprocessing.Pools;

/// <summary>The commands that were issued and not taken yet: a ring that only grows.</summary>
internal sealed class PoolCommandQueue
{
    private PoolCommand[] _items = new PoolCommand[16];
    private int _head;

    /// <summary>How many commands wait.</summary>
    public int Count { get; private set; }

    /// <summary>Appends a command.</summary>
    public void Add(in PoolCommand command)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        _items[(_head + Count) & (_items.Length - 1)] = command;
        Count++;
    }

    /// <summary>Takes the oldest command.</summary>
    public bool TryTake([MaybeNullWhen(false)] out PoolCommand command)
    {
        if (Count == 0)
        {
            command = default;
            return false;
        }

        command = _items[_head];
        _items[_head] = default; // A taken command must not keep its payload alive.
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return true;
    }

    private void Grow()
    {
        var items = new PoolCommand[_items.Length * 2];
        for (int i = 0; i < Count; i++)
        {
            items[i] = _items[(_head + i) & (_items.Length - 1)];
        }

        _items = items;
        _head = 0;
    }
}
