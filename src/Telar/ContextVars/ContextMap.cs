using System.Numerics;
using System.Runtime.CompilerServices;

namespace Telar.ContextVars;

// A trie of 32-way nodes over the bits of a variable's number, five at a time, lowest first. A node keeps only the slots that are in
// use; the bit of a slot in _used tells whether it is there, and the number of bits below it where. A slot holds a Binding, or a node
// for several bindings whose numbers agree in all bits so far. Two numbers are never equal, so there are no collisions to care for, and
// they are given out in a row, so a program with up to 32 variables has one node only.
//
// Invariants
//   I1  Immutable once it can be seen, but for nothing: With and Without copy the nodes on the path and share all others.
//   I2  A node below the root has at least two bindings below it. So the depth is that of the bits it takes to tell the variables apart.
//   I3  Count is the number of bindings at and below the node.

/// <summary>An immutable map from variables to bindings; a changed copy costs one node a level.</summary>
internal sealed class ContextMap
{
    public static readonly ContextMap Empty = new(0, [], 0);

    private const int BitsALevel = 5;
    private const int SlotMask = (1 << BitsALevel) - 1;

    public readonly int Count;
    private readonly uint _used;
    private readonly object[] _slots;

    private ContextMap(uint used, object[] slots, int count)
    {
        _used = used;
        _slots = slots;
        Count = count;
    }

    /// <summary>The binding of a variable.</summary>
    /// <returns><see langword="null"/> when it has none here.</returns>
    public Binding? Find(uint id)
    {
        ContextMap node = this;
        for (uint rest = id; ; rest >>= BitsALevel)
        {
            uint bit = 1u << (int)(rest & SlotMask);
            if ((node._used & bit) == 0)
            {
                return null;
            }

            object slot = node._slots[node.Index(bit)];
            if (slot is not ContextMap child)
            {
                Binding binding = Unsafe.As<Binding>(slot); // A slot holds one of two types, and the other one was asked for.
                return binding.Id == id ? binding : null;
            }

            node = child;
        }
    }

    /// <summary>This map with one binding more, or another one for its variable.</summary>
    public ContextMap With(Binding binding) => With(binding, level: 0);

    /// <summary>This map without the binding of a variable.</summary>
    /// <returns>This map itself when it has none.</returns>
    public ContextMap Without(uint id) => Without(id, level: 0) switch
    {
        ContextMap map => map,
        Binding last => Empty.With(last),
        _ => Empty,
    };

    /// <summary>All bindings, in no order that means anything.</summary>
    public IEnumerable<Binding> Bindings()
    {
        foreach (object slot in _slots)
        {
            if (slot is not ContextMap child)
            {
                yield return (Binding)slot;
                continue;
            }

            foreach (Binding binding in child.Bindings())
            {
                yield return binding;
            }
        }
    }

    /// <summary>Whether both have equal values for the same variables.</summary>
    public bool HasContentOf(ContextMap other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        return Count == other.Count && Bindings().All(mine => other.Find(mine.Id) is { } its && (ReferenceEquals(mine, its) || mine.HasValueOf(its)));
    }

    private static ContextMap OfTwo(Binding first, Binding second, int level)
    {
        uint firstBit = Bit(first.Id, level);
        uint secondBit = Bit(second.Id, level);
        if (firstBit == secondBit)
        {
            return new ContextMap(firstBit, [OfTwo(first, second, level + 1)], 2);
        }

        return new ContextMap(firstBit | secondBit, firstBit < secondBit ? [first, second] : [second, first], 2);
    }

    private static uint Bit(uint id, int level) => 1u << (int)((id >> (level * BitsALevel)) & SlotMask);

    private int Index(uint bit) => BitOperations.PopCount(_used & (bit - 1));

    private ContextMap With(Binding binding, int level)
    {
        uint bit = Bit(binding.Id, level);
        int index = Index(bit);
        if ((_used & bit) == 0)
        {
            object[] more = new object[_slots.Length + 1];
            Array.Copy(_slots, more, index);
            more[index] = binding;
            Array.Copy(_slots, index, more, index + 1, _slots.Length - index);
            return new ContextMap(_used | bit, more, Count + 1);
        }

        object slot = _slots[index];
        if (slot is ContextMap child)
        {
            ContextMap changed = child.With(binding, level + 1);
            return new ContextMap(_used, Replaced(index, changed), Count + changed.Count - child.Count);
        }

        Binding other = (Binding)slot;
        return other.Id == binding.Id
            ? new ContextMap(_used, Replaced(index, binding), Count)
            : new ContextMap(_used, Replaced(index, OfTwo(other, binding, level + 1)), Count + 1);
    }

    // What is left: a map, its one binding (which goes up a level, I2), or null for nothing.
    private object? Without(uint id, int level)
    {
        uint bit = Bit(id, level);
        if ((_used & bit) == 0)
        {
            return this;
        }

        int index = Index(bit);
        if (_slots[index] is ContextMap child)
        {
            object? left = child.Without(id, level + 1);
            if (ReferenceEquals(left, child))
            {
                return this;
            }

            // A node below the root had two bindings or more, so something is left.
            return left is Binding && _slots.Length == 1 ? left : new ContextMap(_used, Replaced(index, left!), Count - 1);
        }

        if (((Binding)_slots[index]).Id != id)
        {
            return this;
        }

        if (_slots.Length == 1)
        {
            return null;
        }

        object[] fewer = new object[_slots.Length - 1];
        Array.Copy(_slots, fewer, index);
        Array.Copy(_slots, index + 1, fewer, index, fewer.Length - index);
        return fewer is [Binding only] ? only : new ContextMap(_used & ~bit, fewer, Count - 1);
    }

    private object[] Replaced(int index, object slot)
    {
        object[] slots = new object[_slots.Length];
        Array.Copy(_slots, slots, slots.Length);
        slots[index] = slot;
        return slots;
    }
}
