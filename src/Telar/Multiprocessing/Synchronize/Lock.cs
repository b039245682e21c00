using Telar.Internal.Segments;
using Telar.Multiprocessing.Synchronize;
using Telar.Serialization;
using Telar.Threading;

namespace Telar.Multiprocessing;

/// <summary>A lock between processes: whoever gets hold of it may release it, on any thread and in any process.</summary>
/// <remarks>
/// <para>
/// It is not re-entrant: who acquires it twice waits for itself (<see cref="RLock"/> is re-entrant). Threads and awaits of several
/// processes wait together. When the process that acquired it dies, the next waiter gets it: see <see cref="OwnedLock"/>.
/// </para>
/// <para>
/// Python: <c>multiprocessing.Lock</c>, <c>multiprocessing.synchronize.Lock</c>. The system's <see cref="Mutex"/> belongs to a thread, and so
/// cannot be held over an <see langword="await"/>.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</para>
/// </remarks>
public sealed class Lock : OwnedLock, IAsyncAcquirable, IHeldLock, IHandleSendable<Lock>
{
    /// <summary>Makes a lock that nobody holds.</summary>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux on a 64-bit machine.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptors left.</exception>
    public Lock()
        : this(SyncSegments.Create(ObjectKind.Lock, parameter: 0, tableWords: 0))
    {
    }

    internal Lock(SyncSegment segment)
        : base(segment)
    {
    }

    /// <inheritdoc/>
    bool IHeldLock.IsHeldByCaller => Protocol.IsHeldHere;

    /// <summary>Opens the lock of a name, or makes it.</summary>
    /// <param name="name">1 to 100 bytes without <c>/</c>. Primitives of one user share their names.</param>
    /// <returns>The lock. It is gone when the last process has let go of it.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is no such name.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux on a 64-bit machine.</exception>
    /// <exception cref="IOException">The name is that of another kind of primitive, or the system refuses it.</exception>
    public static Lock OpenNamed(string name) =>
        new(SyncSegments.OpenNamed(name, ObjectKind.Lock, parameter: 0, tableWords: 0));

    /// <summary>Opens the lock of a name that a process has now.</summary>
    /// <param name="name">As in <see cref="OpenNamed"/>.</param>
    /// <returns>The lock.</returns>
    /// <exception cref="WaitHandleCannotBeOpenedException">There is none.</exception>
    /// <inheritdoc cref="OpenNamed"/>
    public static Lock OpenExisting(string name) =>
        new(SyncSegments.OpenExisting(name, ObjectKind.Lock));

    /// <inheritdoc/>
    public ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        AcquireCoreAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LockScope> EnterAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        EnterScope.WhenAsync(AcquireAsync(timeout, cancellationToken), this, timeout);

    /// <inheritdoc/>
    /// <exception cref="SynchronizationLockException">Nobody holds it. Nothing changed.</exception>
    public override void Release()
    {
        if (!Protocol.Release())
        {
            throw Describe.NotHeld(this);
        }
    }

    /// <inheritdoc/>
    int IHeldLock.ReleaseAll()
    {
        Release();
        return 1;
    }

    /// <inheritdoc/>
    async ValueTask IHeldLock.RestoreAsync(int depth, bool blocks)
    {
        await TakeBackAsync(blocks).ConfigureAwait(false);
        TellIfAbandoned();
    }

    /// <inheritdoc/>
    void IHandleSendable<Lock>.WriteHandle(GraphEncoder encoder) => WriteSegment(encoder);

    /// <inheritdoc/>
    static Lock IHandleSendable<Lock>.ReadHandle(GraphDecoder decoder) => new(ReadSegment(decoder, ObjectKind.Lock));

    private protected override bool TryTake(bool looksForDead) =>
        looksForDead ? Protocol.TryAcquireOrTakeOver() : Protocol.TryAcquire();
}
