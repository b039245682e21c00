using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>The entries of a dictionary of any kind.</summary>
[StackTraceHidden]
internal static class MapEntries<TKey, TValue>
{
    internal static void Write(GraphEncoder encoder, KeyValuePair<TKey, TValue>[] entries, bool lateAllowed)
    {
        encoder.Writer.WriteCount(entries.Length);
        SlotOf<TKey> keys = Slots.Of<TKey>();
        SlotOf<TValue> values = Slots.Of<TValue>();
        for (int i = 0; i < entries.Length; i++)
        {
            if (encoder.Trace is { } trace)
            {
                trace.EnterField("Keys");
                trace.EnterIndex(i);
            }

            encoder.WriteKey(keys, entries[i].Key, lateAllowed);
            if (encoder.Trace is { } again)
            {
                again.Leave();
                again.Leave();
                again.EnterEntry(entries[i].Key, i);
            }

            values.Write(encoder, entries[i].Value);
            encoder.Trace?.Leave();
        }
    }

    /// <summary>Reads entries for a collection that is made from all of them at once.</summary>
    internal static KeyValuePair<TKey, TValue>[] Read(GraphDecoder decoder)
    {
        var entries = new KeyValuePair<TKey, TValue>[decoder.ReadCount(Unsafe.SizeOf<KeyValuePair<TKey, TValue>>())];
        for (int i = 0; i < entries.Length; i++)
        {
            TKey key = decoder.ReadKey(Slots.Of<TKey>(), out bool complete);
            if (!complete || key is null)
            {
                throw decoder.Reader.Invalid("a key that is not null and complete");
            }

            entries[i] = new(key, Slots.Of<TValue>().Read(decoder));
        }

        return entries;
    }
}
