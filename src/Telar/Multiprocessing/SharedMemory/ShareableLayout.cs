using System.Runtime.InteropServices;

namespace Telar.Multiprocessing;

// Layout, as CPython 3.9 and later have it; n items
//
//   8           n
//   8 (n + 1)   where each slot begins, counted from the first one's beginning; the last number is where they end
//               the slots
//   8 n         the format of each, filled up with zeros
//   n           how CPython makes a value of each

/// <summary>Where things are in the memory of a <see cref="ShareableList"/>.</summary>
internal sealed class ShareableLayout
{
    private const int WordSize = sizeof(long);

    private readonly long[] _offsets;

    private ShareableLayout(long[] offsets) => _offsets = offsets;

    /// <summary>The number of items.</summary>
    internal int Count => _offsets.Length - 1;

    /// <summary>The bytes that all of it takes.</summary>
    internal long Size => CodesStart + Count;

    private long SlotsStart => WordSize * (Count + 2L);

    private long FormatsStart => SlotsStart + _offsets[^1];

    private long CodesStart => FormatsStart + ((long)ShareableItem.FormatSize * Count);

    /// <summary>Plans the memory of new items.</summary>
    internal static ShareableLayout Plan(IReadOnlyList<ShareableItem> items)
    {
        long[] offsets = new long[items.Count + 1];
        for (int i = 0; i < items.Count; i++)
        {
            offsets[i + 1] = offsets[i] + items[i].SlotSize;
        }

        return new ShareableLayout(offsets);
    }

    /// <summary>Reads the plan of memory that anybody may have written.</summary>
    /// <exception cref="InvalidDataException">It is no list.</exception>
    internal static ShareableLayout Read(SharedMemory memory)
    {
        long room = memory.Size / WordSize;
        long count = room < 2 ? -1 : MemoryMarshal.Read<long>(memory.GetSpan(0, WordSize));
        if (count < 0 || count > room - 2 || count >= Array.MaxLength)
        {
            throw Invalid(memory, "its first number cannot be the count of its items");
        }

        long[] offsets = new long[count + 1];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = MemoryMarshal.Read<long>(memory.GetSpan(WordSize * (i + 1L), WordSize));
            long least = i == 0 ? 0 : offsets[i - 1] + ShareableItem.Alignment;
            bool fits = i == 0 ? offsets[i] == 0 : offsets[i] >= least && offsets[i] <= memory.Size && offsets[i] - offsets[i - 1] <= int.MaxValue;
            if (!fits)
            {
                throw Invalid(memory, $"item {Math.Max(0, i - 1)} has no proper slot (a list of CPython 3.8, whose layout is another, looks like this)");
            }
        }

        ShareableLayout layout = new(offsets);
        return layout.Size <= memory.Size ? layout : throw Invalid(memory, $"its {count} items would take {layout.Size} bytes");
    }

    /// <summary>Writes the plan.</summary>
    internal void Write(SharedMemory memory)
    {
        MemoryMarshal.Write(memory.GetSpan(0, WordSize), (long)Count);
        for (int i = 0; i < _offsets.Length; i++)
        {
            MemoryMarshal.Write(memory.GetSpan(WordSize * (i + 1L), WordSize), _offsets[i]);
        }
    }

    /// <summary>The slot of an item.</summary>
    internal Span<byte> Slot(SharedMemory memory, int index) =>
        memory.GetSpan(SlotsStart + _offsets[index], (int)(_offsets[index + 1] - _offsets[index]));

    /// <summary>The format of an item.</summary>
    internal Span<byte> Format(SharedMemory memory, int index) =>
        memory.GetSpan(FormatsStart + ((long)ShareableItem.FormatSize * index), ShareableItem.FormatSize);

    /// <summary>How CPython makes a value of an item.</summary>
    internal ref byte Code(SharedMemory memory, int index) => ref memory.GetSpan(CodesStart + index, 1)[0];

    private static InvalidDataException Invalid(SharedMemory memory, string reason) =>
        new($"Opening '{memory.Name}' as a ShareableList failed: {reason}; it has {memory.Size} bytes. It is other shared memory, or damaged.");
}
