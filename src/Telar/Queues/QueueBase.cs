using System.Diagnostics;
using Telar.Internal.Waiting;
using Telar.Queues.Storage;
using Telar.Queues.Waiting;

namespace Telar.Queues;

// State machine (under the mutex)
//
//            Shutdown()                     the last item leaves, or Shutdown(immediate: true)
//   Open ------------------> Draining ----------------------------------------------------------> Drained
//     |                                                                                              ^
//     +------------------------------- Shutdown(immediate: true) ------------------------------------+
//
// Invariants, whenever the mutex is free
//   I1  _count is what CountCore says. Who reads it without the mutex sees a number that was true at one moment. The numbers of a plain
//       queue are its ring's: Enter copies them into _count and _unfinished, and Exit copies the second one back.
//   I2  Somebody waits to get    =>  the storage is empty, and the queue is Open.
//   I3  Somebody waits to put    =>  the storage is full, and the queue is Open.
//   I4  Somebody waits to join   =>  _unfinished > 0.
//   I5  _waiting is the number of waiters in all lists: 0 tells the fast path that nobody need be served.
//   So nobody who comes can overtake one who waits, and a waiter needs no second look: it is given its item, or the place of its item.
// Locks
//   The mutex is what Enter takes: both ends of the ring of a plain queue (docs/design/queues.md#two-ends), or else _mutex. A put that
//   finds room and nobody waiting takes the end of the puts only, a get that finds an item and nobody waiting that of the gets. They read
//   _waiting, _isShutDown and _limit, which change under the mutex only, that is while nobody is at either end.
//   It is a leaf. The hooks of derived classes run under _mutex (they are documented so); no waiter is woken and no continuation run
//   under it: waiters that were served are collected in a chain, and completed after the release.
// Ownership
//   Who takes a waiter out of its list, under the mutex, is the one who ends its wait: docs/design/queues.md#one-mutex-many-waiters.

/// <summary>The base of the queues between threads: everything but the order in which items leave.</summary>
/// <remarks>
/// <para>
/// Derive from it, or from <see cref="Queue{T}"/>, <see cref="LifoQueue{T}"/> or <see cref="PriorityQueue{T}"/>, for a queue with an order
/// of its own: <see cref="PutCore"/>, <see cref="GetCore"/> and <see cref="CountCore"/> say where items are kept. Waiting, limits, counting
/// of tasks, shutdown and the rest are done here. The hooks run under the queue's mutex: one at a time, and they must neither wait nor
/// call the queue (a call of the queue throws <see cref="LockRecursionException"/>). An exception of a hook goes to the caller whose item
/// it was about, or who would have got the item, and the queue goes on.
/// </para>
/// <para>
/// Python: <c>queue.Queue</c> as a base class, with its hooks <c>_init</c>, <c>_qsize</c>, <c>_put</c> and <c>_get</c>.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <typeparam name="T">What travels through the queue.</typeparam>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(QueueDebugView<>))]
public abstract partial class QueueBase<T> : IJoinableQueue<T>, ILocalQueue<T>, IDebugSnapshot<T>
{
    // The most that fits, written under the mutex: int.MaxValue stands for no limit.
    private int _limit;

    private int _maxSize;
    // The storage of a plain queue, with a latch at each end; null where hooks come in, which run under _mutex.
    private readonly Ring<T>? _ring;

    private QueueMutex _mutex;
    private WaitQueue _getters;
    private WaitQueue _putters;
    private WaitQueue _joiners;
    private WaitQueue _readWatchers;
    private WaitQueue _writeWatchers;
    private SpinGuide _getSpin;
    private SpinGuide _putSpin;
    private SpinGuide _joinSpin;
    private TaskCompletionSource? _ended;
    private Exception? _failure;
    private int _waiting;
    private int _count;
    private bool _isShutDown;
    private long _unfinished;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="maxSize">How many items it holds at most; 0 or less is any number.</param>
    protected QueueBase(int maxSize)
    {
        _maxSize = maxSize;
        _limit = maxSize > 0 ? maxSize : int.MaxValue;
        _ring = PlainRing;
#pragma warning disable CA2214 // Python's _init is this hook; its documentation says what is not there yet.
        InitCore(maxSize);
#pragma warning restore CA2214
    }

    /// <summary>A name for messages and debuggers.</summary>
    /// <value><see langword="null"/>: messages name the type.</value>
    public string? Name { get; init; }

    /// <inheritdoc/>
    public int Count => _ring?.Count ?? Volatile.Read(ref _count);

    /// <inheritdoc/>
    public bool IsEmpty => _ring?.IsEmpty ?? Volatile.Read(ref _count) == 0;

    /// <inheritdoc/>
    public bool IsFull => Count >= Volatile.Read(ref _limit);

    /// <summary>How many items the queue holds at most; 0 or less is any number.</summary>
    /// <value>
    /// May be set at any time. Whoever waits to put gets the room that a larger number makes; a smaller one throws nothing away: the queue is
    /// full until enough has been got.
    /// </value>
    /// <remarks>Python: <c>Queue.maxsize</c>, where setting it wakes nobody.</remarks>
    public int MaxSize
    {
        get => Volatile.Read(ref _maxSize);
        set
        {
            WaitChain served = default;
            Enter();
            try
            {
                Volatile.Write(ref _maxSize, value);
                Volatile.Write(ref _limit, value > 0 ? value : int.MaxValue);
                Serve_NeedsMutex(ref served);
            }
            finally
            {
                Exit();
            }

            served.Complete();
        }
    }

    /// <inheritdoc/>
    public bool IsShutDown => Volatile.Read(ref _isShutDown);

    /// <inheritdoc/>
    public long UnfinishedCount => _ring?.Unfinished ?? Volatile.Read(ref _unfinished);

    /// <summary>The name of the type, how many items of how many, and whether it is shut down.</summary>
    /// <returns>A text for messages, logs and debuggers.</returns>
    public override string ToString() => QueueText.Describe(this, Name);

    /// <summary>Makes the storage. Runs in the constructor of the base: a derived constructor has not run yet, its field initializers have.</summary>
    /// <param name="maxSize">The limit given to the constructor; 0 or less is none.</param>
    /// <remarks>Python: <c>Queue._init</c>. Most derived classes need not override it: a field initializer is enough.</remarks>
    protected virtual void InitCore(int maxSize)
    {
    }

    /// <summary>Says how many items are stored. Runs under the mutex, after each change.</summary>
    /// <returns>The number of items that <see cref="GetCore"/> can take.</returns>
    /// <remarks>Python: <c>Queue._qsize</c>.</remarks>
    protected abstract int CountCore();

    /// <summary>Stores an item. Runs under the mutex, only when there is room.</summary>
    /// <param name="item">The item.</param>
    /// <remarks>
    /// Python: <c>Queue._put</c>. What it throws, the one who puts this item gets, and the item counts as not put: leave the storage as it
    /// was then. It may store nothing, or replace a stored item; the item counts for <see cref="Join"/> all the same.
    /// It may run on the thread of one who gets, when that makes room for one who waits to put.
    /// </remarks>
    protected abstract void PutCore(T item);

    /// <summary>Takes the next item out of the storage. Runs under the mutex, only when <see cref="CountCore"/> said that there is one.</summary>
    /// <returns>The item.</returns>
    /// <remarks>
    /// Python: <c>Queue._get</c>. What it throws, the one who gets receives: leave the storage as it was then.
    /// It may run on the thread of one who puts, when somebody waits to get.
    /// </remarks>
    protected abstract T GetCore();

    /// <summary>Looks at the next item and leaves it. Runs under the mutex, only when there is one.</summary>
    /// <returns>The item that <see cref="GetCore"/> would take.</returns>
    /// <exception cref="NotSupportedException">The derived class does not override it.</exception>
    protected virtual T PeekCore() => throw new NotSupportedException(
        $"TryPeek needs to look at the next item of {this}, but {GetType().Name} does not override PeekCore.");

    /// <summary>Copies what is stored. Runs under the mutex.</summary>
    /// <returns>The items, the next one first.</returns>
    /// <exception cref="NotSupportedException">The derived class does not override it.</exception>
    protected virtual T[] SnapshotCore() => throw new NotSupportedException(
        $"ToArray needs a copy of the items of {this}, but {GetType().Name} does not override SnapshotCore.");

    /// <summary>Throws away all that is stored. Runs under the mutex.</summary>
    /// <remarks>Calls <see cref="GetCore"/> until nothing is left, unless a derived class knows a shorter way.</remarks>
    protected virtual void ClearCore()
    {
        while (CountCore() > 0)
        {
            _ = GetCore();
        }
    }

    /// <inheritdoc/>
    /// <summary>The storage, where it is a ring and no hook of a derived class can come between. Asked once, by the constructor of the base.</summary>
    private protected virtual Ring<T>? PlainRing => null;

    private void Enter()
    {
        if (_ring is { } ring)
        {
            ring.EnterPuts();
            ring.EnterGets();
            (_count, _unfinished) = (ring.Count, ring.Unfinished);
        }
        else
        {
            _mutex.Enter();
        }
    }

    private void Exit()
    {
        if (_ring is { } ring)
        {
            ring.Unfinished = _unfinished;
            ring.ExitGets();
            ring.ExitPuts();
        }
        else
        {
            _mutex.Exit();
        }
    }

    // Without the mutex: in a debugger all threads stand still, perhaps one of them inside.
    T[] IDebugSnapshot<T>.Snapshot() => SnapshotCore();
}
