using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>Finds the id of an object by its identity.</summary>
[StackTraceHidden]
internal sealed class IdentityIndex(ReferenceStates states)
{
    // Up to here comparing is cheaper than hashing, which also costs each object a header the first time.
    private const int LinearLimit = 8;
    private const int KeptCapacity = 8192;

    private int[] _slots = []; // id + 1, or 0
    private int _indexed;

    internal int Find(object value)
    {
        if (states.Count <= LinearLimit)
        {
            for (int id = 0; id < states.Count; id++)
            {
                if (ReferenceEquals(states[id].Value, value))
                {
                    return id;
                }
            }

            return -1;
        }

        IndexNew();
        int mask = _slots.Length - 1;
        for (int i = RuntimeHelpers.GetHashCode(value) & mask; _slots[i] != 0; i = (i + 1) & mask)
        {
            if (ReferenceEquals(states[_slots[i] - 1].Value, value))
            {
                return _slots[i] - 1;
            }
        }

        return -1;
    }

    internal void Clear()
    {
        _indexed = 0;
        if (_slots.Length > KeptCapacity)
        {
            _slots = [];
        }
        else
        {
            Array.Clear(_slots);
        }
    }

    private void IndexNew()
    {
        if (states.Count * 2 > _slots.Length)
        {
            _slots = new int[Math.Max(64, _slots.Length * 2)];
            _indexed = 0;
        }

        int mask = _slots.Length - 1;
        for (; _indexed < states.Count; _indexed++)
        {
            int i = RuntimeHelpers.GetHashCode(states[_indexed].Value) & mask;
            while (_slots[i] != 0)
            {
                i = (i + 1) & mask;
            }

            _slots[i] = _indexed + 1;
        }
    }
}
