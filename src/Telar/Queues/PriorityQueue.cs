using Telar.Queues.Storage;

namespace Telar.Queues;

/// <summary>A queue between threads that gives the smallest item.</summary>
/// <remarks>
/// <para>
/// Whole items are compared. Where priority and content are two things, put a <see cref="PrioritizedItem{TPriority, T}"/>, or give a
/// comparer. The comparer runs under the mutex of the queue, on the thread of any caller: it must be quick and must not call the queue.
/// What it throws, the put or the get that needed the comparison throws. The queue is then as before: nothing is lost, and a put that failed
/// has put nothing.
/// </para>
/// <para>
/// Python: <c>queue.PriorityQueue</c>. Equal items leave in any order, as there, unless the queue was made stable. All else is as in
/// <see cref="Queue{T}"/>. The BCL's <see cref="System.Collections.Generic.PriorityQueue{TElement, TPriority}"/> has another number of
/// type parameters, so both can be used in one file.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <typeparam name="T">What travels through the queue.</typeparam>
/// <param name="maxSize">How many items it holds at most; 0 or less is any number.</param>
/// <param name="comparer">Says which item is smaller; <see langword="null"/> is the order of <typeparamref name="T"/>.</param>
/// <param name="isStable">Whether equal items leave in the order in which they were put. It costs 8 bytes an item.</param>
public class PriorityQueue<T>(int maxSize = 0, IComparer<T>? comparer = null, bool isStable = false) : QueueBase<T>(maxSize)
{
    // Guarded by the mutex of the base.
    private readonly BinaryHeap<T> _items = new(comparer ?? Comparer<T>.Default, isStable);

    /// <summary>What says which item is smaller.</summary>
    public IComparer<T> Comparer { get; } = comparer ?? Comparer<T>.Default;

    /// <summary>Whether equal items leave in the order in which they were put.</summary>
    public bool IsStable { get; } = isStable;

    /// <inheritdoc/>
    protected override int CountCore() => _items.Count;

    /// <inheritdoc/>
    protected override void PutCore(T item) => _items.Add(item);

    /// <inheritdoc/>
    protected override T GetCore() => _items.Remove();

    /// <inheritdoc/>
    protected override T PeekCore() => _items.Peek();

    /// <summary>Copies what is stored: the smallest item first, the others in no order. Compares nothing.</summary>
    /// <returns>The items.</returns>
    protected override T[] SnapshotCore() => _items.ToArray();

    /// <summary>Throws away all that is stored. Compares nothing, so that it works also when comparing does not.</summary>
    protected override void ClearCore() => _items.Clear();
}
