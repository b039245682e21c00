using System.Globalization;
using Telar.Internal.Segments;
using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;
using Telar.Serialization;
using Telar.Threading;

namespace Telar.Multiprocessing;

/// <summary>A fixed number of units that processes can acquire; the units of a process that dies come back.</summary>
/// <remarks>
/// <para>
/// Each unit knows which process has it. A waiter finds those of the dead, also of processes that were killed. Any process may release a
/// unit that another one acquired, as in Python; its own are released first.
/// </para>
/// <para>Python: <c>multiprocessing.BoundedSemaphore</c>, <c>multiprocessing.synchronize.BoundedSemaphore</c>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</para>
/// </remarks>
public sealed class BoundedSemaphore : SemLock, IAsyncAcquirable, IHandleSendable<BoundedSemaphore>
{
    /// <summary>The largest number of units that one can have. Acquiring looks through them.</summary>
    private const int MaxUnits = 65_536;

    /// <summary>Makes a semaphore.</summary>
    /// <param name="value">How many units there are, 0 to 65 536.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is out of range.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux on a 64-bit machine.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptors left.</exception>
    public BoundedSemaphore(int value = 1)
        : this(SyncSegments.Create(ObjectKind.BoundedSemaphore, Checked(value), tableWords: value))
    {
    }

    internal BoundedSemaphore(SyncSegment segment)
        : base(segment)
    {
    }

    /// <summary>How many units are free at this moment, without those of dead processes that nobody has asked for yet.</summary>
    public int Value => Protocol.Free;

    /// <summary>How many units there are.</summary>
    public int Limit => Segment.Parameter;

    /// <summary>How many units came back from processes that died with them.</summary>
    public int RecoveredCount => Words.Read(WordLayout.UnitsRecovered);

    /// <inheritdoc/>
    public override bool IsLocked => Value == 0;

    private UnitsProtocol<SharedWords> Protocol => new(Words, Limit);

    /// <summary>Opens the semaphore of a name, or makes it.</summary>
    /// <param name="name">1 to 100 bytes without <c>/</c>. Primitives of one user share their names.</param>
    /// <param name="value">How many units there are, 0 to 65 536; the same for all who open it.</param>
    /// <returns>The semaphore. It is gone when the last process has let go of it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is out of range.</exception>
    /// <exception cref="ArgumentException">It exists with another number of units, or <paramref name="name"/> is no such name.</exception>
    /// <inheritdoc cref="Lock.OpenNamed"/>
    public static BoundedSemaphore OpenNamed(string name, int value = 1)
    {
        BoundedSemaphore opened = new(
            SyncSegments.OpenNamed(name, ObjectKind.BoundedSemaphore, Checked(value), tableWords: value));
        int limit = opened.Limit;
        if (limit != value)
        {
            opened.Dispose();
            throw new ArgumentException($"Opening BoundedSemaphore '{name}' with {value} units failed: it was made with {limit}. Use OpenExisting.", nameof(value));
        }

        return opened;
    }

    /// <inheritdoc cref="Lock.OpenExisting"/>
    public static BoundedSemaphore OpenExisting(string name) =>
        new(SyncSegments.OpenExisting(name, ObjectKind.BoundedSemaphore));

    /// <inheritdoc/>
    public ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        AcquireCoreAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LockScope> EnterAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        EnterScope.WhenAsync(AcquireAsync(timeout, cancellationToken), this, timeout);

    /// <summary>Gives back one unit. Who waits next, gets it.</summary>
    /// <exception cref="SemaphoreFullException">No unit is acquired. Nothing changed.</exception>
    /// <remarks>Python: <c>BoundedSemaphore.release</c>.</remarks>
    public override void Release()
    {
        if (!Protocol.TryRelease())
        {
            throw new SemaphoreFullException(
                $"Release of {this}: all units are free. Nothing was released. Each unit is released once by who acquired it.");
        }
    }

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>BoundedSemaphore 'connections' (2 of 8 free)</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Describe.Label(this, Name)} ({new UnitsProtocol<SharedWords>(WordsForText, Limit).Free} of {Limit} free)");

    /// <inheritdoc/>
    void IHandleSendable<BoundedSemaphore>.WriteHandle(GraphEncoder encoder) => WriteSegment(encoder);

    /// <inheritdoc/>
    static BoundedSemaphore IHandleSendable<BoundedSemaphore>.ReadHandle(GraphDecoder decoder) => new(ReadSegment(decoder, ObjectKind.BoundedSemaphore));

    private protected override bool TryTake(bool looksForDead) =>
        looksForDead ? Protocol.TryAcquireOrTakeOver() : Protocol.TryAcquire();

    private protected override ValueTask<WaitOutcome> TakeAsync(bool blocks, WaitDeadline deadline, CancellationToken cancellationToken) =>
        Words.WaitAsync(Protocol.Acquiring(), blocks, deadline, cancellationToken);

    private static int Checked(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxUnits);
        return value;
    }
}
