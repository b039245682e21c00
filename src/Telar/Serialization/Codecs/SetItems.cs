using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>The items of a set of any kind.</summary>
[StackTraceHidden]
internal static class SetItems<T>
{
    internal static void Write(GraphEncoder encoder, T[] items, bool lateAllowed)
    {
        encoder.Writer.WriteCount(items.Length);
        SlotOf<T> slot = Slots.Of<T>();
        for (int i = 0; i < items.Length; i++)
        {
            encoder.Trace?.EnterIndex(i);
            encoder.WriteKey(slot, items[i], lateAllowed);
            encoder.Trace?.Leave();
        }
    }

    /// <summary>Reads items for a collection that is made from all of them at once.</summary>
    internal static T[] Read(GraphDecoder decoder)
    {
        var items = new T[decoder.ReadCount(Unsafe.SizeOf<T>())];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = decoder.ReadKey(Slots.Of<T>(), out bool complete);
            if (!complete)
            {
                throw decoder.Reader.Invalid("a complete item");
            }
        }

        return items;
    }
}
