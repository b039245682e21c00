using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>Mutable dictionaries. Hash codes and orders are of one process, so entries are put in anew, with the collection's comparer.</summary>
[StackTraceHidden]
internal sealed class MapCodec<TMap, TKey, TValue, TComparer>(
    Func<TMap, TComparer?> comparerOf, TComparer? usual, Func<TComparer?, TMap> create, Func<TMap, TKey, TValue, bool> tryAdd)
    : ObjectCodec(typeof(TMap))
    where TMap : class, IEnumerable<KeyValuePair<TKey, TValue>>
    where TComparer : class
{
    private const int EntryOverhead = 16;

    internal override bool HasShell => true;

    internal override void WriteHead(GraphEncoder encoder, object value) => ComparerCodecs.WriteComparer(encoder, comparerOf((TMap)value), usual, lateAllowed: true);

    internal override object CreateShell(GraphDecoder decoder, int id) => create(ComparerCodecs.ReadComparer<TComparer>(decoder, id));

    internal override void WriteBody(GraphEncoder encoder, object value, int id) =>
        MapEntries<TKey, TValue>.Write(encoder, [.. (TMap)value], lateAllowed: true);

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        var map = (TMap)shell!; // not null: HasShell
        int count = decoder.ReadCount(Unsafe.SizeOf<TKey>() + Unsafe.SizeOf<TValue>() + EntryOverhead);
        SlotOf<TKey> keys = Slots.Of<TKey>();
        SlotOf<TValue> values = Slots.Of<TValue>();
        List<KeyValuePair<TKey, TValue>>? late = decoder.IsHeldBack(id) ? [] : null;
        for (int i = 0; i < count; i++)
        {
            TKey key = decoder.ReadKey(keys, out bool complete);
            TValue value = values.Read(decoder);
            if (complete && late is null)
            {
                Add(decoder.Reader, map, key, value);
            }
            else
            {
                (late ??= []).Add(new(key, value)); // in order, from the first key that must wait
            }
        }

        if (late is not null)
        {
            PayloadReader reader = decoder.Reader;
            decoder.Later(() => late.ForEach(entry => Add(reader, map, entry.Key, entry.Value)));
        }

        return map;
    }

    private void Add(PayloadReader reader, TMap map, TKey key, TValue value)
    {
        if (key is null || !tryAdd(map, key, value))
        {
            throw reader.Invalid(key is null ? "a key that is not null" : $"each key of a {TypeNames.Of(typeof(TMap))} once");
        }
    }
}
