using Telar.Queues.Storage;

namespace Telar.Queues;

/// <summary>A queue between threads: first in, first out; bounded if wanted.</summary>
/// <remarks>
/// <para>
/// A put waits while the queue is full, a get while it is empty; both with a thread or with <see langword="await"/>, on the same queue, and
/// served in the order in which they began to wait. <see cref="QueueBase{T}.Shutdown"/> ends it.
/// </para>
/// <para>
/// Python: <c>queue.Queue</c>. Beyond it: <c>Async</c> twins, cancellation, a timeout for <see cref="QueueBase{T}.Join"/>, selection over
/// several queues (<see cref="Queue.Select{T}"/>), channels (<see cref="QueueBase{T}.AsReader"/>).
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <typeparam name="T">What travels through the queue.</typeparam>
/// <param name="maxSize">How many items it holds at most; 0 or less is any number.</param>
public class Queue<T>(int maxSize = 0) : QueueBase<T>(maxSize)
{
    // Guarded by the mutex of the base, which is its own two latches where nobody has derived from this class.
    private readonly Ring<T> _items = new();

    private protected override Ring<T>? PlainRing => GetType() == typeof(Queue<T>) ? _items : null;

    /// <inheritdoc/>
    protected override int CountCore() => _items.Count;

    /// <inheritdoc/>
    protected override void PutCore(T item) => _items.Add(item);

    /// <inheritdoc/>
    protected override T GetCore() => _items.Remove();

    /// <inheritdoc/>
    protected override T PeekCore() => _items.Peek();

    /// <inheritdoc/>
    protected override T[] SnapshotCore() => _items.ToArray();

    /// <inheritdoc/>
    protected override void ClearCore() => _items.Clear();
}
