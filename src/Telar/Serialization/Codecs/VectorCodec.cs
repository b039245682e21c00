using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>One-dimensional arrays from index 0.</summary>
[StackTraceHidden]
internal sealed class VectorCodec<T>(Type type) : ObjectCodec(type)
{
    // Numbers cannot refer back to their array, so a shell would only get in the way.
    internal override bool HasShell => !Elements<T>.AreRaw;

    internal override void WriteHead(GraphEncoder encoder, object value) => encoder.Writer.WriteCount(Unsafe.As<T[]>(value).Length);

    internal override object CreateShell(GraphDecoder decoder, int id) => new T[decoder.ReadCount(Unsafe.SizeOf<T>())];

    // Unsafe.As, because an array of int may call itself one of uint.
    internal override void WriteBody(GraphEncoder encoder, object value, int id)
    {
        T[] items = Unsafe.As<T[]>(value);
        if (Elements<T>.AreRaw)
        {
            Elements<T>.Write(encoder, new ReadOnlySpan<T>(items));
        }
        else
        {
            Elements<T>.WriteContent(encoder, new ReadOnlySpan<T>(items));
        }
    }

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        if (Elements<T>.AreRaw)
        {
            return Elements<T>.Read(decoder);
        }

        T[] items = Unsafe.As<T[]>(shell!); // not null: HasShell
        Elements<T>.ReadContent(decoder, items);
        return items;
    }
}
