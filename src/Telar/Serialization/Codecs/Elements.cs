using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Telar.Serialization;

/// <summary>How a run of elements of one type is written: as one block of memory where that is its value, else one by one.</summary>
[StackTraceHidden]
internal static class Elements<T>
{
    /// <summary>Whether the elements go as one block.</summary>
    internal static bool AreRaw { get; } = typeof(T) == typeof(bool) || Slots.Of<T>() is RawSlot<T>;

    internal static void Write(GraphEncoder encoder, ReadOnlySpan<T> items)
    {
        encoder.Writer.WriteCount(items.Length);
        WriteContent(encoder, items);
    }

    internal static T[] Read(GraphDecoder decoder)
    {
        if (AreRaw)
        {
            long length = (long)ReadRawCount(decoder, out int blob) * Unsafe.SizeOf<T>();
            var raw = GC.AllocateUninitializedArray<T>((int)(length / Unsafe.SizeOf<T>()));
            ReadRawContent(decoder, raw, blob);
            return raw;
        }

        int count = decoder.ReadCount(Unsafe.SizeOf<T>());
        var items = new T[count];
        ReadContent(decoder, items);
        return items;
    }

    internal static void WriteContent(GraphEncoder encoder, ReadOnlySpan<T> items)
    {
        if (AreRaw)
        {
            encoder.Writer.WriteBlock(Bytes(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(items), items.Length)));
            return;
        }

        SlotOf<T> slot = Slots.Of<T>();
        for (int i = 0; i < items.Length; i++)
        {
            encoder.Trace?.EnterIndex(i);
            slot.Write(encoder, items[i]);
            encoder.Trace?.Leave();
        }
    }

    internal static void ReadContent(GraphDecoder decoder, Span<T> items)
    {
        SlotOf<T> slot = Slots.Of<T>();
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = slot.Read(decoder);
        }
    }

    /// <summary>Reads how many raw elements follow, having made sure that they do.</summary>
    internal static int ReadRawCount(GraphDecoder decoder, out int blob)
    {
        ulong count = decoder.Reader.ReadVar();
        if (count > int.MaxValue)
        {
            throw decoder.Reader.Invalid("a count of elements");
        }

        long length = (long)count * Unsafe.SizeOf<T>();
        blob = decoder.Reader.ReadBlockHead(length);
        decoder.Charge(length);
        return (int)count;
    }

    internal static void ReadRawContent(GraphDecoder decoder, Span<T> items, int blob)
    {
        Span<byte> bytes = Bytes(items);
        decoder.Reader.ReadBlock(blob, bytes);

        // The only type of these that not every byte is a value of.
        if (typeof(T) == typeof(bool) && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            throw decoder.Reader.Invalid("bytes of 0 or 1 behind an array of bool");
        }
    }

    private static Span<byte> Bytes(Span<T> items) => MemoryMarshal.CreateSpan(
        ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), checked(items.Length * Unsafe.SizeOf<T>()));
}
