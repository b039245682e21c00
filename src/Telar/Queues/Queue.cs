using Telar.Internal.Waiting;
using Telar.Queues.Waiting;

namespace Telar.Queues;

/// <summary>Makes queues, and waits at several at once.</summary>
/// <remarks>
/// <para>
/// The factories need no type name that other namespaces have too (<see cref="System.Collections.Generic.Queue{T}"/>), so they work with
/// <c>using Telar.Queues;</c> in any place.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public static class Queue
{
    /// <summary>Makes a <see cref="Queue{T}"/>: first in, first out.</summary>
    /// <typeparam name="T">What travels through the queue.</typeparam>
    /// <param name="maxSize">How many items it holds at most; 0 or less is any number.</param>
    /// <returns>An empty queue.</returns>
    public static Queue<T> Fifo<T>(int maxSize = 0) => new(maxSize);

    /// <summary>Makes a <see cref="LifoQueue{T}"/>: last in, first out.</summary>
    /// <typeparam name="T">What travels through the queue.</typeparam>
    /// <param name="maxSize">How many items it holds at most; 0 or less is any number.</param>
    /// <returns>An empty queue.</returns>
    public static LifoQueue<T> Lifo<T>(int maxSize = 0) => new(maxSize);

    /// <summary>Makes a <see cref="PriorityQueue{T}"/>: the smallest first.</summary>
    /// <typeparam name="T">What travels through the queue.</typeparam>
    /// <param name="maxSize">How many items it holds at most; 0 or less is any number.</param>
    /// <param name="comparer">Says which item is smaller; <see langword="null"/> is the order of <typeparamref name="T"/>.</param>
    /// <param name="isStable">Whether equal items leave in the order in which they were put.</param>
    /// <returns>An empty queue.</returns>
    public static PriorityQueue<T> Priority<T>(int maxSize = 0, IComparer<T>? comparer = null, bool isStable = false) =>
        new(maxSize, comparer, isStable);

    /// <summary>Makes a <see cref="SimpleQueue{T}"/>: first in, first out, unbounded, without counting of tasks.</summary>
    /// <typeparam name="T">What travels through the queue.</typeparam>
    /// <returns>An empty queue.</returns>
    public static SimpleQueue<T> Simple<T>() => new();

    /// <summary>Takes one item from whichever of several queues has one first.</summary>
    /// <typeparam name="T">What travels through the queues.</typeparam>
    /// <param name="queues">
    /// The queues, at least one, all made by this library for threads. When several have an item, the first of them gives it: put urgent
    /// work first.
    /// </param>
    /// <param name="timeout">
    /// How long to wait for an item; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> waits for ever,
    /// <see cref="TimeSpan.Zero"/> only looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait; nothing is taken then.</param>
    /// <returns>The item, and where it came from. Exactly one was taken.</returns>
    /// <exception cref="QueueEmptyException">No queue had an item within <paramref name="timeout"/>.</exception>
    /// <exception cref="QueueShutDownException">All queues are shut down and their last items are gone. Those that are, are passed over
    /// while another can still give something.</exception>
    /// <exception cref="ArgumentException">There are no queues, or one is not of this process.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. Nothing was taken.</exception>
    /// <remarks>
    /// It waits in the line of each queue like a single get, so others do not overtake it. Python has nothing of the kind.
    /// </remarks>
    public static QueueSelection<T> Select<T>(
        IEnumerable<IQueue<T>> queues, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        QueueSelect<T> select = new(queues);
        cancellationToken.ThrowIfCancellationRequested();
        return select.TryNow(out QueueSelection<T> selection) ? selection : select.Wait(deadline, cancellationToken);
    }

    /// <inheritdoc cref="Select{T}"/>
    public static ValueTask<QueueSelection<T>> SelectAsync<T>(
        IEnumerable<IQueue<T>> queues, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        QueueSelect<T> select = new(queues);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<QueueSelection<T>>(cancellationToken);
        }

        try
        {
            return select.TryNow(out QueueSelection<T> selection)
                ? new ValueTask<QueueSelection<T>>(selection)
                : select.WaitAsync(deadline, cancellationToken);
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<QueueSelection<T>>(failure);
        }
    }
}
