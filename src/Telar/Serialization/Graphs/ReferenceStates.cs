using System.Diagnostics;

namespace Telar.Serialization;

// Both sides number the objects of a graph in the order in which they begin, and follow the same states.
//
// State machine (of one object)
//
//                Open: its body is being read or written
//   Begin --------> Open -------------------------------> Closed
//     |                                                     ^
//     +----------> Pending: the body comes behind ----------+
//
// Invariants
//   I1  An object is available (may be referred to) from the moment its head is there, if its codec can make it without the body;
//       else from the moment it is closed.
//   I2  Low of a closed object says what it waits for: Complete = all that it can reach is complete; an id = the outermost object, open
//       when this one closed, that it can reach; Waiting = it can reach a pending object, or one that a supplement will fill.
//       This is Tarjan's low link. A hash key may be looked at only if its low is Complete.
// Ownership
//   One encoder or decoder, one thread.

/// <summary>The objects of one graph, by id.</summary>
[StackTraceHidden]
internal sealed class ReferenceStates
{
    internal const int Complete = int.MaxValue;
    private const int Waiting = -1;
    private const int KeptCapacity = 4096;

    private Entry[] _entries = new Entry[16];

    internal int Count { get; private set; }

    /// <summary>What the part of the graph since the last <see cref="BeginWindow"/> waits for.</summary>
    internal int Window { get; private set; } = Complete;

    internal ref Entry this[int id] => ref _entries[id];

    internal int Add(object? value, ObjectCodec codec)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        _entries[Count] = new Entry { Value = value, Codec = codec, Low = Complete };
        return Count++;
    }

    internal int BeginWindow()
    {
        int outer = Window;
        Window = Complete;
        return outer;
    }

    /// <summary>Ends a window and says whether everything in it is complete.</summary>
    internal bool EndWindow(int outer)
    {
        int low = Window;
        Window = Math.Min(outer, low);
        return low == Complete;
    }

    /// <summary>Ends the window of an object's body.</summary>
    internal void Close(int id, int outer)
    {
        ref Entry entry = ref _entries[id];

        // What reaches no further out than the object itself waits for nothing any more.
        int low = Window >= id ? Complete : Window;
        entry.Low = low;
        entry.Closed = true;
        Window = Math.Min(outer, low);
    }

    internal void Touch(int id)
    {
        while (true)
        {
            ref Entry entry = ref _entries[id];
            if (entry.Pending)
            {
                Window = Waiting;
                return;
            }

            if (!entry.Closed)
            {
                Window = Math.Min(Window, id);
                return;
            }

            if (entry.Low is Complete or Waiting)
            {
                Window = Math.Min(Window, entry.Low);
                return;
            }

            id = entry.Low;
        }
    }

    internal void SetPending(int id)
    {
        _entries[id].Pending = true;
        Window = Waiting;
    }

    internal void TouchWaiting() => Window = Waiting;

    internal void Clear()
    {
        Array.Clear(_entries, 0, Count);
        if (_entries.Length > KeptCapacity)
        {
            _entries = new Entry[16];
        }

        Count = 0;
        Window = Complete;
    }

    internal struct Entry
    {
        internal object? Value;
        internal ObjectCodec? Codec;

        /// <summary>Of a closure: the fields that its body has.</summary>
        internal FieldMask? Mask;

        /// <summary>Encoder: the same, with those that supplements will have.</summary>
        internal FieldMask? Promised;

        /// <summary>Encoder: what decided on <see cref="Mask"/>; <see langword="null"/> for every field.</summary>
        internal ClosureScan? Scan;

        internal int Low;
        internal bool Available;
        internal bool Closed;
        internal bool Pending;

        /// <summary>Encoder: fields of it are still to come in a supplement. Decoder: nothing may be put into it yet.</summary>
        internal bool Incomplete;
    }
}
