using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>Mutable sets, and others that look at each item as it is put in.</summary>
[StackTraceHidden]
internal sealed class SetCodec<TSet, T, TComparer>(
    Func<TSet, TComparer?> comparerOf, TComparer? usual, Func<TComparer?, TSet> create, Func<TSet, T, bool> add)
    : ObjectCodec(typeof(TSet))
    where TSet : class, IEnumerable<T>
    where TComparer : class
{
    private const int EntryOverhead = 16;

    internal override bool HasShell => true;

    internal override void WriteHead(GraphEncoder encoder, object value) => ComparerCodecs.WriteComparer(encoder, comparerOf((TSet)value), usual, lateAllowed: true);

    internal override object CreateShell(GraphDecoder decoder, int id) => create(ComparerCodecs.ReadComparer<TComparer>(decoder, id));

    internal override void WriteBody(GraphEncoder encoder, object value, int id) => SetItems<T>.Write(encoder, [.. (TSet)value], lateAllowed: true);

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        var set = (TSet)shell!; // not null: HasShell
        int count = decoder.ReadCount(Unsafe.SizeOf<T>() + EntryOverhead);
        List<T>? late = decoder.IsHeldBack(id) ? [] : null;
        for (int i = 0; i < count; i++)
        {
            T item = decoder.ReadKey(Slots.Of<T>(), out bool complete);
            if (complete && late is null)
            {
                Add(decoder.Reader, set, item);
            }
            else
            {
                (late ??= []).Add(item); // in order, from the first item that must wait
            }
        }

        if (late is not null)
        {
            PayloadReader reader = decoder.Reader;
            decoder.Later(() => late.ForEach(item => Add(reader, set, item)));
        }

        return set;
    }

    private void Add(PayloadReader reader, TSet set, T item)
    {
        if (!add(set, item))
        {
            throw reader.Invalid($"each item of a {TypeNames.Of(typeof(TSet))} once");
        }
    }
}
