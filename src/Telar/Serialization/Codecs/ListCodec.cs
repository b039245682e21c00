using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Telar.Serialization;

/// <summary>Lists, which share the fast ways of arrays.</summary>
[StackTraceHidden]
internal sealed class ListCodec<T>() : ObjectCodec(typeof(List<T>))
{
    internal override bool HasShell => !Elements<T>.AreRaw;

    internal override object CreateShell(GraphDecoder decoder, int id) => new List<T>();

    internal override void WriteBody(GraphEncoder encoder, object value, int id)
    {
        var list = (List<T>)value;
        Span<T> items = CollectionsMarshal.AsSpan(list);
        Elements<T>.Write(encoder, items);
        if (list.Count != items.Length)
        {
            throw new InvalidOperationException("The list was changed.");
        }
    }

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        if (Elements<T>.AreRaw)
        {
            int length = Elements<T>.ReadRawCount(decoder, out int blob);
            var raw = new List<T>(length);
            CollectionsMarshal.SetCount(raw, length);
            Elements<T>.ReadRawContent(decoder, CollectionsMarshal.AsSpan(raw), blob);
            return raw;
        }

        var list = (List<T>)shell!; // not null: HasShell
        int count = decoder.ReadCount(Unsafe.SizeOf<T>());
        list.EnsureCapacity(count);
        SlotOf<T> slot = Slots.Of<T>();
        for (int i = 0; i < count; i++)
        {
            list.Add(slot.Read(decoder));
        }

        return list;
    }
}
