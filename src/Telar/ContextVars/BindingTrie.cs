using System.Numerics;
using System.Runtime.CompilerServices;

namespace Telar.ContextVars;

// A trie of 32-way nodes over the bits of a variable's number, five at a time, lowest first. A node keeps only the slots that are in
// use; the bit of a slot in _used tells whether it is there, and the number of bits below it where. A slot holds a Binding, or a Node
// for several bindings whose numbers agree in all bits so far. Two numbers are never equal, so there are no collisions to care for, and
// they are given out in a row, so a program with up to 32 variables has one node only. It is a struct, so that the root is no
// object of its own.
//
// Invariants
//   I1  Immutable. With and Without copy the nodes on the path and share all others.
//   I2  A node below the root has at least two bindings below it. So the depth is that of the bits it takes to tell the variables apart.
//   I3  Count is the number of bindings at and below the node. The default value is empty.

/// <summary>An immutable set of bindings, one a variable; a changed copy costs one node a level.</summary>
internal readonly struct BindingTrie
{
    public readonly int Count;

    private const int BitsALevel = 5;
    private const int SlotMask = (1 << BitsALevel) - 1;

    private readonly uint _used;
    private readonly object[] _slots;

    private BindingTrie(uint used, object[] slots, int count)
    {
        _used = used;
        _slots = slots;
        Count = count;
    }

    private bool HasOneSlot => BitOperations.IsPow2(_used);

    /// <summary>The binding of a variable.</summary>
    /// <returns><see langword="null"/> when it has none here.</returns>
    public Binding? Find(uint id)
    {
        uint used = _used;
        object[] slots = _slots;
        for (uint rest = id; ; rest >>= BitsALevel)
        {
            uint bit = 1u << (int)(rest & SlotMask);
            if ((used & bit) == 0)
            {
                return null;
            }

            object slot = slots[BitOperations.PopCount(used & (bit - 1))];
            if (slot is not Node node)
            {
                Binding binding = Unsafe.As<Binding>(slot); // A slot holds one of two types, and the other one was asked for.
                return binding.Id == id ? binding : null;
            }

            used = node.Trie._used;
            slots = node.Trie._slots;
        }
    }

    /// <summary>These with one binding more, or another one for its variable.</summary>
    public BindingTrie With(Binding binding) => With(binding, level: 0);

    /// <summary>These without the binding of a variable.</summary>
    public BindingTrie Without(uint id) => Without(id, level: 0, out _);

    /// <summary>All bindings, in no order that means anything.</summary>
    public IEnumerable<Binding> Bindings() => Count == 0 ? [] : Walk(_slots);

    private static IEnumerable<Binding> Walk(object[] slots)
    {
        foreach (object slot in slots)
        {
            if (slot is not Node node)
            {
                yield return (Binding)slot;
                continue;
            }

            foreach (Binding binding in Walk(node.Trie._slots))
            {
                yield return binding;
            }
        }
    }

    private static BindingTrie OfTwo(Binding first, Binding second, int level)
    {
        uint firstBit = Bit(first.Id, level);
        uint secondBit = Bit(second.Id, level);
        if (firstBit == secondBit)
        {
            return new BindingTrie(firstBit, [new Node(OfTwo(first, second, level + 1))], 2);
        }

        return new BindingTrie(firstBit | secondBit, firstBit < secondBit ? [first, second] : [second, first], 2);
    }

    private static uint Bit(uint id, int level) => 1u << (int)((id >> (level * BitsALevel)) & SlotMask);

    private int Index(uint bit) => BitOperations.PopCount(_used & (bit - 1));

    private BindingTrie With(Binding binding, int level)
    {
        uint bit = Bit(binding.Id, level);
        int index = Index(bit);
        if ((_used & bit) == 0)
        {
            return new BindingTrie(_used | bit, Inserted(index, binding), Count + 1);
        }

        object slot = _slots[index];
        if (slot is Node node)
        {
            BindingTrie changed = node.Trie.With(binding, level + 1);
            return new BindingTrie(_used, Replaced(index, new Node(changed)), Count + changed.Count - node.Trie.Count);
        }

        Binding other = Unsafe.As<Binding>(slot); // As in Find.
        return other.Id == binding.Id
            ? new BindingTrie(_used, Replaced(index, binding), Count)
            : new BindingTrie(_used, Replaced(index, new Node(OfTwo(other, binding, level + 1))), Count + 1);
    }

    private BindingTrie Without(uint id, int level, out bool isChanged)
    {
        uint bit = Bit(id, level);
        int index = Index(bit);
        isChanged = false;
        if ((_used & bit) == 0)
        {
            return this;
        }

        if (_slots[index] is Node node)
        {
            BindingTrie left = node.Trie.Without(id, level + 1, out isChanged);
            return isChanged ? new BindingTrie(_used, Replaced(index, left.AsSlot()), Count - 1) : this;
        }

        if (((Binding)_slots[index]).Id != id)
        {
            return this;
        }

        isChanged = true;
        return HasOneSlot ? default : new BindingTrie(_used & ~bit, Removed(index), Count - 1);
    }

    // I2: what has one binding left goes up into the slot of its node. It had two, so something is left.
    private object AsSlot() => HasOneSlot && _slots[0] is Binding only ? only : new Node(this);

    private object[] Inserted(int index, object slot)
    {
        if (_slots is null)
        {
            return [slot];
        }

        object[] slots = new object[_slots.Length + 1];
        _slots.AsSpan(0, index).CopyTo(slots);
        slots[index] = slot;
        _slots.AsSpan(index).CopyTo(slots.AsSpan(index + 1));
        return slots;
    }

    private object[] Removed(int index)
    {
        object[] slots = new object[_slots.Length - 1];
        _slots.AsSpan(0, index).CopyTo(slots);
        _slots.AsSpan(index + 1).CopyTo(slots.AsSpan(index));
        return slots;
    }

    private object[] Replaced(int index, object slot)
    {
        if (_slots.Length == 1)
        {
            return [slot];
        }

        object[] slots = new object[_slots.Length];
        _slots.AsSpan().CopyTo(slots);
        slots[index] = slot;
        return slots;
    }

    private sealed class Node(BindingTrie trie)
    {
        public readonly BindingTrie Trie = trie;
    }
}
