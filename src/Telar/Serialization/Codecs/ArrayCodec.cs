using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Telar.Serialization;

/// <summary>Arrays of several dimensions, or with lower bounds, which are kept.</summary>
[StackTraceHidden]
internal sealed class ArrayCodec<T>(Type type) : ObjectCodec(type)
{
    internal override bool HasShell => !Elements<T>.AreRaw;

    internal override void WriteHead(GraphEncoder encoder, object value) => WriteBounds(encoder, (Array)value);

    internal override object CreateShell(GraphDecoder decoder, int id)
    {
        long length = ReadBounds(decoder, out int[] lengths, out int[] bounds);
        if (length > decoder.Reader.Remaining)
        {
            throw decoder.Reader.Invalid($"at most as many elements as bytes left, not {length}");
        }

        decoder.Charge(length * Unsafe.SizeOf<T>());
        return Create(lengths, bounds);
    }

    internal override void WriteBody(GraphEncoder encoder, object value, int id)
    {
        var array = (Array)value;
        if (Elements<T>.AreRaw)
        {
            WriteBounds(encoder, array);
        }

        Elements<T>.WriteContent(encoder, Items(array));
    }

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        if (!Elements<T>.AreRaw)
        {
            Elements<T>.ReadContent(decoder, Items((Array)shell!)); // not null: HasShell
            return shell!; // not null: HasShell
        }

        long size = ReadBounds(decoder, out int[] lengths, out int[] bounds) * Unsafe.SizeOf<T>();
        int blob = decoder.Reader.ReadBlockHead(size);
        decoder.Charge(size);
        Array array = Create(lengths, bounds);
        Elements<T>.ReadRawContent(decoder, Items(array), blob);
        return array;
    }

    // Elements lie in memory in the order of their indexes, whatever the rank.
    private static Span<T> Items(Array array) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static void WriteBounds(GraphEncoder encoder, Array array)
    {
        for (int i = 0; i < array.Rank; i++)
        {
            encoder.Writer.WriteCount(array.GetLength(i));
            encoder.Writer.WriteInt32(array.GetLowerBound(i));
        }
    }

    private long ReadBounds(GraphDecoder decoder, out int[] lengths, out int[] bounds)
    {
        int rank = RuntimeType.GetArrayRank();
        lengths = new int[rank];
        bounds = new int[rank];
        long total = 1;
        for (int i = 0; i < rank; i++)
        {
            ulong length = decoder.Reader.ReadVar();
            bounds[i] = decoder.Reader.ReadInt32();
            if (length > int.MaxValue || bounds[i] > int.MaxValue - (int)length)
            {
                throw decoder.Reader.Invalid("the bounds of an array");
            }

            lengths[i] = (int)length;
            total *= lengths[i];
            if (total > int.MaxValue)
            {
                throw decoder.Reader.Invalid("an array of at most 2147483647 elements");
            }
        }

        return total;
    }

    private Array Create(int[] lengths, int[] bounds) => Array.CreateInstanceFromArrayType(RuntimeType, lengths, bounds);
}
