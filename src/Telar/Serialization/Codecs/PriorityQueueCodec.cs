using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Telar.Serialization;

/// <summary>Priority queues. The priorities are compared when they are put in, so they must be complete by then, as keys must.</summary>
[StackTraceHidden]
internal sealed class PriorityQueueCodec<TElement, TPriority>() : ObjectCodec(typeof(PriorityQueue<TElement, TPriority>))
{
    internal override bool HasShell => true;

    internal override void WriteHead(GraphEncoder encoder, object value) =>
        ComparerCodecs.WriteComparer(encoder, ((PriorityQueue<TElement, TPriority>)value).Comparer, Comparer<TPriority>.Default, lateAllowed: true);

    internal override object CreateShell(GraphDecoder decoder, int id) =>
        new PriorityQueue<TElement, TPriority>(ComparerCodecs.ReadComparer<IComparer<TPriority>>(decoder, id));

    internal override void WriteBody(GraphEncoder encoder, object value, int id)
    {
        (TElement Element, TPriority Priority)[] items = [.. ((PriorityQueue<TElement, TPriority>)value).UnorderedItems];
        encoder.Writer.WriteCount(items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            encoder.Trace?.EnterIndex(i);
            encoder.WriteKey(Slots.Of<TPriority>(), items[i].Priority, lateAllowed: true);
            Slots.Of<TElement>().Write(encoder, items[i].Element);
            encoder.Trace?.Leave();
        }
    }

    internal override object ReadBody(GraphDecoder decoder, object? shell, int id)
    {
        var queue = (PriorityQueue<TElement, TPriority>)shell!; // not null: HasShell
        int count = decoder.ReadCount(Unsafe.SizeOf<(TElement, TPriority)>());
        List<(TElement Element, TPriority Priority)>? late = decoder.IsHeldBack(id) ? [] : null;
        for (int i = 0; i < count; i++)
        {
            TPriority priority = decoder.ReadKey(Slots.Of<TPriority>(), out bool complete);
            TElement element = Slots.Of<TElement>().Read(decoder);
            if (complete && late is null)
            {
                queue.Enqueue(element, priority);
            }
            else
            {
                (late ??= []).Add((element, priority));
            }
        }

        if (late is not null)
        {
            decoder.Later(() => queue.EnqueueRange(late));
        }

        return queue;
    }
}
