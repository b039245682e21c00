using System.Globalization;
using Telar.Internal.Segments;
using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;
using Telar.Serialization;
using Telar.Threading;

namespace Telar.Multiprocessing;

// How waiters and notifiers meet: Protocols/ConditionProtocol.cs.

/// <summary>Lets processes that share a lock wait until one of them says that something has changed.</summary>
/// <remarks>
/// <para>
/// Hold the lock, look whether what you need is there, and wait if it is not; whoever changes it holds the lock and notifies. Waiters
/// are notified in the order in which they came, exactly as many as asked for. One that was killed is passed over; in Python
/// <c>notify</c> then waits for ever.
/// </para>
/// <para>
/// Several conditions may share a lock. Async waits need a lock that no thread owns: <c>new Condition(new Lock())</c>. Sent to another
/// process, a condition takes its lock with it.
/// </para>
/// <para>
/// Python: <c>multiprocessing.Condition</c>, <c>multiprocessing.synchronize.Condition</c>. <see cref="Enter"/> is its <c>with</c> statement.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads and processes at once; waiting and notifying need the lock.</para>
/// </remarks>
public sealed partial class Condition : ProcessPrimitive, IAsyncAcquirable, IHandleSendable<Condition>
{
    private const int TableWords = 2 * ConditionProtocol<SharedWords>.Entries;

    private readonly OwnedLock _lock;
    private readonly bool _hasOwnLock;

    /// <summary>Makes a condition.</summary>
    /// <param name="lock">The lock to use with it; <see langword="null"/> makes an <see cref="RLock"/>.</param>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux on a 64-bit machine.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptors left.</exception>
    public Condition(OwnedLock? @lock = null)
        : this(SyncSegments.Create(ObjectKind.Condition, parameter: 0, TableWords), @lock)
    {
    }

    internal Condition(SyncSegment segment, OwnedLock? @lock)
        : base(segment)
    {
        _hasOwnLock = @lock is null;
        _lock = @lock ?? new RLock(SyncSegments.Share(segment));
    }

    /// <summary>The lock that is used with it.</summary>
    public OwnedLock Lock => _lock;

    /// <inheritdoc/>
    public bool IsLocked => _lock.IsLocked;

    private ConditionProtocol<SharedWords> Protocol => new(Words);

    private IHeldLock Held => (IHeldLock)_lock;

    /// <summary>Opens the condition of a name, or makes it, with an <see cref="RLock"/> of its own.</summary>
    /// <returns>The condition. It is gone when the last process has let go of it.</returns>
    /// <inheritdoc cref="Multiprocessing.Lock.OpenNamed"/>
    public static Condition OpenNamed(string name) =>
        new(SyncSegments.OpenNamed(name, ObjectKind.Condition, parameter: 0, TableWords), @lock: null);

    /// <inheritdoc cref="Multiprocessing.Lock.OpenExisting"/>
    public static Condition OpenExisting(string name) =>
        new(SyncSegments.OpenExisting(name, ObjectKind.Condition), @lock: null);

    /// <inheritdoc/>
    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _lock.Acquire(timeout, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The lock belongs to threads, so that no await can hold it. Nothing was taken.</exception>
    public ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        AsyncLock(nameof(AcquireAsync)).AcquireAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public bool TryAcquire() => _lock.TryAcquire();

    /// <inheritdoc/>
    public void Release() => _lock.Release();

    /// <inheritdoc/>
    public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _lock.Enter(timeout, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The lock belongs to threads, so that no await can hold it. Nothing was taken.</exception>
    public ValueTask<LockScope> EnterAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        AsyncLock(nameof(EnterAsync)).EnterAsync(timeout, cancellationToken);

    /// <summary>Notifies waiters, the longest wait first. They go on when they get the lock, one after the other.</summary>
    /// <param name="count">How many at most, at least 1. Who comes to wait later is not notified.</param>
    /// <exception cref="SynchronizationLockException">The caller does not hold the lock.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <remarks>A notification that a process was given and was killed before it used it is given to the next. Python: <c>Condition.notify</c>.</remarks>
    public void Notify(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ThrowIfNotHeld(nameof(Notify));
        Protocol.Notify_NeedsLock(count);
    }

    /// <summary>Notifies all who wait now.</summary>
    /// <exception cref="SynchronizationLockException">The caller does not hold the lock.</exception>
    /// <remarks>Python: <c>Condition.notify_all</c>.</remarks>
    public void NotifyAll()
    {
        ThrowIfNotHeld(nameof(NotifyAll));
        Protocol.Notify_NeedsLock(int.MaxValue);
    }

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>Condition 'orders' (3 waiting) of RLock 'orders' (unlocked)</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Describe.Label(this, Name)} ({new ConditionProtocol<SharedWords>(WordsForText).WaitingCount} waiting) of {_lock}");

    /// <inheritdoc/>
    void IHandleSendable<Condition>.WriteHandle(GraphEncoder encoder)
    {
        Slots.Of<OwnedLock?>().Write(encoder, _hasOwnLock ? null : _lock);
        WriteSegment(encoder);
    }

    /// <inheritdoc/>
    static Condition IHandleSendable<Condition>.ReadHandle(GraphDecoder decoder)
    {
        OwnedLock? held = Slots.Of<OwnedLock?>().Read(decoder);
        return new Condition(ReadSegment(decoder, ObjectKind.Condition), held);
    }

    private protected override void Dispose(bool disposing)
    {
        if (disposing && _hasOwnLock)
        {
            _lock.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ThrowIfNotHeld(string member)
    {
        if (!Held.IsHeldByCaller)
        {
            throw Describe.NotEntered(this, member);
        }
    }

    private IAsyncAcquirable AsyncLock(string member) => _lock as IAsyncAcquirable ?? throw Describe.LockOfThreads(this, member);
}
