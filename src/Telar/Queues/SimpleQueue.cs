using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Telar.Internal.Waiting;
using Telar.Queues.Channels;
using Telar.Queues.Storage;
using Telar.Queues.Waiting;

namespace Telar.Queues;

/// <summary>A queue between threads without a limit and without counting of tasks: first in, first out.</summary>
/// <remarks>
/// <para>
/// A put never waits. No code of the user runs inside the queue, neither hooks nor comparers nor continuations; so a put is safe anywhere:
/// in finalizers, in callbacks of tokens, and on a thread that is inside another call of the queue further up its stack.
/// </para>
/// <para>Python: <c>queue.SimpleQueue</c>, which cannot be shut down.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <typeparam name="T">What travels through the queue.</typeparam>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(QueueDebugView<>))]
public sealed class SimpleQueue<T> : ILocalQueue<T>, IDebugSnapshot<T>
{
    private readonly Core _core;

    /// <summary>Makes an empty queue.</summary>
    public SimpleQueue() => _core = new Core(this);

    /// <summary>A name for messages and debuggers.</summary>
    /// <value><see langword="null"/>: messages name the type.</value>
    public string? Name { get; init; }

    /// <inheritdoc/>
    public int Count => _core.Count;

    /// <inheritdoc/>
    public bool IsEmpty => _core.IsEmpty;

    /// <summary>Always <see langword="false"/>.</summary>
    public bool IsFull => false;

    /// <summary>Always 0: any number.</summary>
    public int MaxSize => 0;

    /// <inheritdoc/>
    public bool IsShutDown => _core.IsShutDown;

    /// <inheritdoc/>
    Exception? ILocalQueue<T>.Failure => Local.Failure;

    /// <inheritdoc/>
    int ILocalQueue<T>.WaitingCount => Local.WaitingCount;

    private ILocalQueue<T> Local => _core;

    /// <summary>Puts an item into the queue, at once.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="QueueShutDownException">The queue is shut down. The item was not put.</exception>
    /// <remarks>Python: <c>SimpleQueue.put</c>, whose arguments <c>block</c> and <c>timeout</c> mean nothing.</remarks>
    public void Put(T item) => _core.PutNoWait(item);

    /// <inheritdoc/>
    void IQueue<T>.Put(T item, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _core.PutNoWait(item);
    }

    /// <inheritdoc/>
    ValueTask IQueue<T>.PutAsync(T item, TimeSpan? timeout, CancellationToken cancellationToken) =>
        _core.PutAsync(item, timeout: null, cancellationToken);

    /// <summary>As <see cref="Put"/>.</summary>
    /// <param name="item">The item.</param>
    /// <exception cref="QueueShutDownException">The queue is shut down. The item was not put.</exception>
    /// <remarks>Python: <c>SimpleQueue.put_nowait</c>.</remarks>
    public void PutNoWait(T item) => _core.PutNoWait(item);

    /// <summary>Puts an item into the queue if it is not shut down.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether it was put.</returns>
    public bool TryPut(T item) => _core.TryPut(item);

    /// <inheritdoc/>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => _core.Get(timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _core.GetAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public T GetNoWait() => _core.GetNoWait();

    /// <inheritdoc/>
    public bool TryGet([MaybeNullWhen(false)] out T item) => _core.TryGet(out item);

    /// <inheritdoc cref="QueueBase{T}.TryGetMany"/>
    public int TryGetMany(Span<T> items) => _core.TryGetMany(items);

    /// <summary>Looks at the item that the next get would take, and leaves it.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryPeek([MaybeNullWhen(false)] out T item) => _core.TryPeek(out item);

    /// <summary>Copies the items that are in the queue at this moment, and leaves them.</summary>
    /// <returns>The items; the first is the next to leave.</returns>
    public T[] ToArray() => _core.ToArray();

    /// <inheritdoc/>
    public IEnumerable<T> ReadAll(CancellationToken cancellationToken = default) => _core.ReadAll(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default) => _core.ReadAllAsync(cancellationToken);

    /// <summary>Throws away what is in the queue.</summary>
    public void Clear() => _core.Clear();

    /// <inheritdoc/>
    public void Shutdown(bool immediate = false) => _core.Shutdown(immediate);

    /// <summary>Ends the queue at once: <see cref="Shutdown"/> with <c>immediate: true</c>.</summary>
    public void Dispose() => _core.Dispose();

    /// <inheritdoc cref="QueueBase{T}.AsReader"/>
    public ChannelReader<T> AsReader() => new QueueReader<T>(this);

    /// <inheritdoc cref="QueueBase{T}.AsWriter"/>
    public ChannelWriter<T> AsWriter() => new QueueWriter<T>(this);

    /// <summary>The name of the type, how many items, and whether it is shut down.</summary>
    /// <returns>A text for messages, logs and debuggers.</returns>
    public override string ToString() => QueueText.Describe(this, Name);

    /// <inheritdoc/>
    T[] IDebugSnapshot<T>.Snapshot() => ((IDebugSnapshot<T>)_core).Snapshot();

    /// <inheritdoc/>
    GetAttempt ILocalQueue<T>.TryGetOrEnlist(Waiter waiter, ItemPlace<T> place) => Local.TryGetOrEnlist(waiter, place);

    /// <inheritdoc/>
    ValueTask<bool> ILocalQueue<T>.WaitToReadAsync(CancellationToken cancellationToken) => Local.WaitToReadAsync(cancellationToken);

    /// <inheritdoc/>
    ValueTask<bool> ILocalQueue<T>.WaitToWriteAsync(CancellationToken cancellationToken) => Local.WaitToWriteAsync(cancellationToken);

    /// <inheritdoc/>
    bool ILocalQueue<T>.EndTaking(Exception? failure) => Local.EndTaking(failure);

    /// <inheritdoc/>
    Task ILocalQueue<T>.WhenEndedAsync() => Local.WhenEndedAsync();

    /// <inheritdoc/>
    bool IWaitOwner.TryWithdraw(Waiter waiter) => Local.TryWithdraw(waiter);

    /// <summary>The engine of all queues. It counts tasks, too, which nobody asks for.</summary>
    private sealed class Core(SimpleQueue<T> owner) : QueueBase<T>(0)
    {
        // Its latches are the mutex of the base.
        private readonly Ring<T> _items = new();

        private protected override Ring<T> PlainRing => _items;

        public override string ToString() => owner.ToString();

        protected override int CountCore() => _items.Count;

        protected override void PutCore(T item) => _items.Add(item);

        protected override T GetCore() => _items.Remove();

        protected override T PeekCore() => _items.Peek();

        protected override T[] SnapshotCore() => _items.ToArray();

        protected override void ClearCore() => _items.Clear();
    }
}
