namespace Telar.Queues;

/// <summary>A queue between threads that gives the item that was put last: a stack.</summary>
/// <remarks>
/// <para>Python: <c>queue.LifoQueue</c>. All else is as in <see cref="Queue{T}"/>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <typeparam name="T">What travels through the queue.</typeparam>
/// <param name="maxSize">How many items it holds at most; 0 or less is any number.</param>
public class LifoQueue<T>(int maxSize = 0) : QueueBase<T>(maxSize)
{
    // Guarded by the mutex of the base.
    private readonly Stack<T> _items = new();

    /// <inheritdoc/>
    protected override int CountCore() => _items.Count;

    /// <inheritdoc/>
    protected override void PutCore(T item) => _items.Push(item);

    /// <inheritdoc/>
    protected override T GetCore() => _items.Pop();

    /// <inheritdoc/>
    protected override T PeekCore() => _items.Peek();

    /// <inheritdoc/>
    protected override T[] SnapshotCore() => _items.ToArray();

    /// <inheritdoc/>
    protected override void ClearCore() => _items.Clear();
}
