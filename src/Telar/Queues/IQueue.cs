namespace Telar.Queues;

/// <summary>A queue between those who put and those who get, any number of each.</summary>
/// <remarks>
/// <para>
/// The contract that the queues of all places share: between threads (<see cref="Queue{T}"/>, <see cref="LifoQueue{T}"/>,
/// <see cref="PriorityQueue{T}"/>, <see cref="SimpleQueue{T}"/>), and between processes and machines. Code that takes an
/// <see cref="IQueue{T}"/> does not notice the move. Disposing is <see cref="Shutdown"/> with <c>immediate: true</c>.
/// </para>
/// <para>Python: the methods that <c>queue.Queue</c> and <c>queue.SimpleQueue</c> have in common.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <typeparam name="T">What travels through the queue.</typeparam>
public interface IQueue<T> : IDisposable
{
    /// <summary>How many items can be got at this moment. It may have changed when the caller looks at the answer.</summary>
    /// <remarks>Python: <c>Queue.qsize</c>.</remarks>
    int Count { get; }

    /// <summary>Whether <see cref="Count"/> is 0 at this moment.</summary>
    /// <remarks>Python: <c>Queue.empty</c>. That it is not empty does not promise that a <see cref="TryGet"/> finds something.</remarks>
    bool IsEmpty { get; }

    /// <summary>Whether a bounded queue has no room at this moment; always <see langword="false"/> for an unbounded one.</summary>
    /// <remarks>Python: <c>Queue.full</c>.</remarks>
    bool IsFull { get; }

    /// <summary>How many items the queue holds at most; 0 or less is any number.</summary>
    /// <remarks>Python: <c>Queue.maxsize</c>.</remarks>
    int MaxSize { get; }

    /// <summary>Whether <see cref="Shutdown"/> was called.</summary>
    /// <remarks>Python: <c>Queue.is_shutdown</c>.</remarks>
    bool IsShutDown { get; }

    /// <summary>Puts an item into the queue, and waits for room first when there is none.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">
    /// How long to wait for room; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> waits for ever,
    /// <see cref="TimeSpan.Zero"/> only looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait; the item is not put then.</param>
    /// <exception cref="QueueFullException">There was no room within <paramref name="timeout"/>. The item was not put.</exception>
    /// <exception cref="QueueShutDownException">The queue is shut down, or was during the wait. The item was not put.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. The item was not put.</exception>
    /// <remarks>Python: <c>Queue.put</c>.</remarks>
    void Put(T item, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Put"/>
    ValueTask PutAsync(T item, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>Puts an item into the queue if there is room at once.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="QueueFullException">There is no room. The item was not put.</exception>
    /// <exception cref="QueueShutDownException">The queue is shut down. The item was not put.</exception>
    /// <remarks>Python: <c>Queue.put_nowait</c>. Where a full queue is no surprise, <see cref="TryPut"/> says so without an exception.</remarks>
    void PutNoWait(T item);

    /// <summary>Puts an item into the queue if there is room at once and the queue is not shut down.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether it was put.</returns>
    bool TryPut(T item);

    /// <summary>Takes the next item out of the queue, and waits for one first when there is none.</summary>
    /// <param name="timeout">
    /// How long to wait for an item; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> waits for ever,
    /// <see cref="TimeSpan.Zero"/> only looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait; nothing is taken then.</param>
    /// <returns>The item.</returns>
    /// <exception cref="QueueEmptyException">There was no item within <paramref name="timeout"/>.</exception>
    /// <exception cref="QueueShutDownException">The queue is shut down and its last item is gone.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. Nothing was taken.</exception>
    /// <remarks>Python: <c>Queue.get</c>. Who has waited longest, is served first.</remarks>
    T Get(TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Get"/>
    ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>Takes the next item out of the queue if there is one at once.</summary>
    /// <returns>The item.</returns>
    /// <exception cref="QueueEmptyException">There is none.</exception>
    /// <exception cref="QueueShutDownException">The queue is shut down and its last item is gone.</exception>
    /// <remarks>Python: <c>Queue.get_nowait</c>. Where an empty queue is no surprise, <see cref="TryGet"/> says so without an exception.</remarks>
    T GetNoWait();

    /// <summary>Takes the next item out of the queue if there is one at once.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was one.</returns>
    bool TryGet([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item);

    /// <summary>Takes items as they come, until the queue is shut down and its last item is gone.</summary>
    /// <param name="cancellationToken">Ends the enumeration with an <see cref="OperationCanceledException"/>; no item is lost.</param>
    /// <returns>The items. Several readers share them: each item goes to one.</returns>
    /// <exception cref="OperationCanceledException">The wait for the next item was cancelled.</exception>
    IEnumerable<T> ReadAll(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ReadAll"/>
    IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the queue: nothing more can be put, and what is in it can still be got, unless it is to end at once.</summary>
    /// <param name="immediate">
    /// Whether to throw away what is in it. Each item thrown away counts as done for <see cref="IJoinableQueue{T}.Join"/>.
    /// </param>
    /// <remarks>
    /// Who waits to put, gets a <see cref="QueueShutDownException"/>, and so does who waits to get and finds nothing left. It may be called
    /// again, also to end at once what was left to drain. Python: <c>Queue.shutdown</c>.
    /// </remarks>
    void Shutdown(bool immediate = false);
}
