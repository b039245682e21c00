using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>Mutable collections that take their items in order and never look at them.</summary>
[StackTraceHidden]
internal sealed class SequenceCodec<TCollection, T>(Func<TCollection> create, Action<TCollection, T> add, bool reversed = false)
    : ObjectCodec(typeof(TCollection))
    where TCollection : class, IEnumerable<T>
{
    internal override bool HasShell => true;

    internal override object CreateShell(GraphDecoder decoder, int id) => create();

    internal override void WriteBody(GraphEncoder encoder, object value, int id)
    {
        // Counted from a copy: a concurrent collection may change between the count and the last item.
        T[] items = [.. (TCollection)value];
        if (reversed)
        {
            Array.Reverse(items); // a stack enumerates from its top
        }

        encoder.Writer.WriteCount(items.Length);
        SlotOf<T> slot = Slots.Of<T>();
        for (int i = 0; i < items.Length; i++)
        {
            encoder.Trace?.EnterIndex(reversed ? items.Length - 1 - i : i);
            slot.Write(encoder, items[i]);
            encoder.Trace?.Leave();
        }
    }

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        var collection = (TCollection)shell!; // not null: HasShell
        int count = decoder.ReadCount(Unsafe.SizeOf<T>() + IntPtr.Size);
        SlotOf<T> slot = Slots.Of<T>();
        for (int i = 0; i < count; i++)
        {
            add(collection, slot.Read(decoder));
        }

        return collection;
    }
}
