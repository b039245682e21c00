using System.Globalization;
using Telar.Internal.Segments;
using Telar.Multiprocessing.Synchronize;
using Telar.Serialization;
using Telar.Threading;

namespace Telar.Multiprocessing;

// Invariants
//   I1  Segment.LockOwner is the thread of this process that has the lock, or null. It is written only by that thread, after it has the
//       word and before it gives it up. A thread that compares it with itself reads the truth: no other thread writes either value.
//   I2  Both fields are in the segment, of which a process has one: two objects that came with two calls are one lock to a thread.
// Locks
//   The lock itself, which is held while user code runs: that is its purpose.
// Ownership
//   Process and thread. A thread that ends while it holds the lock leaves it locked as long as its process lives, as in Python.

/// <summary>A lock between processes that its thread may acquire again: it is free when it has been released as often.</summary>
/// <remarks>
/// <para>
/// There is no async twin: a thread of a process owns this lock, and after an <see langword="await"/> the code goes on on any thread. Use a
/// <see cref="Lock"/> there. When the process dies, the next waiter gets it: see <see cref="OwnedLock"/>.
/// </para>
/// <para>Python: <c>multiprocessing.RLock</c>, <c>multiprocessing.synchronize.RLock</c>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</para>
/// </remarks>
public sealed class RLock : OwnedLock, IHeldLock, IHandleSendable<RLock>
{
    /// <summary>Makes a lock that nobody holds.</summary>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux on a 64-bit machine.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptors left.</exception>
    public RLock()
        : this(SyncSegments.Create(ObjectKind.RLock, parameter: 0, tableWords: 0))
    {
    }

    /// <summary>The lock in the segment of another primitive, which the caller has counted as a use.</summary>
    internal RLock(SyncSegment segment)
        : base(segment)
    {
    }

    /// <summary>Whether the calling thread holds it.</summary>
    public bool IsHeldByCurrentThread => Segment.LockOwner == System.Threading.Thread.CurrentThread;

    /// <inheritdoc/>
    bool IHeldLock.IsHeldByCaller => IsHeldByCurrentThread;

    /// <summary>How often the calling thread has to release it until it is free; 0 when it does not hold it.</summary>
    internal int RecursionCount => IsHeldByCurrentThread ? Segment.LockDepth : 0;

    /// <inheritdoc cref="Lock.OpenNamed"/>
    public static RLock OpenNamed(string name) =>
        new(SyncSegments.OpenNamed(name, ObjectKind.RLock, parameter: 0, tableWords: 0));

    /// <inheritdoc cref="Lock.OpenExisting"/>
    public static RLock OpenExisting(string name) =>
        new(SyncSegments.OpenExisting(name, ObjectKind.RLock));

    /// <summary>Undoes one acquisition. The last one makes the lock free.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not hold it. Nothing changed.</exception>
    /// <remarks>Python: <c>RLock.release</c>.</remarks>
    public override void Release()
    {
        LockProtocol<SharedWords> protocol = Protocol;
        if (!IsHeldByCurrentThread)
        {
            throw NotOwned();
        }

        if (--Segment.LockDepth == 0)
        {
            Segment.LockOwner = null;
            protocol.Release();
        }
    }

    /// <inheritdoc/>
    int IHeldLock.ReleaseAll()
    {
        int depth = Segment.LockDepth;
        Segment.LockDepth = 1;
        Release();
        return depth;
    }

    /// <inheritdoc/>
    async ValueTask IHeldLock.RestoreAsync(int depth, bool blocks)
    {
        await TakeBackAsync(blocks).ConfigureAwait(false);
        Own(depth);
        TellIfAbandoned();
    }

    /// <inheritdoc/>
    void IHandleSendable<RLock>.WriteHandle(GraphEncoder encoder) => WriteSegment(encoder);

    /// <inheritdoc/>
    static RLock IHandleSendable<RLock>.ReadHandle(GraphDecoder decoder) => new(ReadSegment(decoder, ObjectKind.RLock));

    private protected override bool TryTake(bool looksForDead)
    {
        LockProtocol<SharedWords> protocol = Protocol;
        return IsHeldByCurrentThread || (looksForDead ? protocol.TryAcquireOrTakeOver() : protocol.TryAcquire());
    }

    private protected override void OnTaken()
    {
        if (IsHeldByCurrentThread)
        {
            Segment.LockDepth = checked(Segment.LockDepth + 1);
            return;
        }

        Own(depth: 1);
        base.OnTaken();
    }

    private void Own(int depth)
    {
        Segment.LockOwner = System.Threading.Thread.CurrentThread;
        Segment.LockDepth = depth;
    }

    private SynchronizationLockException NotOwned() => IsLocked
        ? new SynchronizationLockException(string.Create(
            CultureInfo.InvariantCulture,
            $"Release of {this} by {Describe.Thread(System.Threading.Thread.CurrentThread)} of process {Environment.ProcessId}: only the thread that acquired it may release it."))
        : Describe.NotHeld(this);
}
