using System.Globalization;
using Telar.Internal.Segments;
using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;
using Telar.Serialization;
using Telar.Threading;

namespace Telar.Multiprocessing;

/// <summary>A number of units that processes can acquire, and that anybody can release.</summary>
/// <remarks>
/// <para>
/// A unit has no owner: what a process held when it was killed is lost. <see cref="BoundedSemaphore"/> gets such units back.
/// </para>
/// <para>Python: <c>multiprocessing.Semaphore</c>, <c>multiprocessing.synchronize.Semaphore</c>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</para>
/// </remarks>
public sealed class Semaphore : SemLock, IAsyncAcquirable, IHandleSendable<Semaphore>
{
    /// <summary>Makes a semaphore.</summary>
    /// <param name="value">How many units there are at first, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is negative.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux on a 64-bit machine.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptors left.</exception>
    public Semaphore(int value = 1)
        : this(SyncSegments.Create(ObjectKind.Semaphore, Checked(value), tableWords: 0))
    {
    }

    internal Semaphore(SyncSegment segment)
        : base(segment)
    {
    }

    /// <summary>How many units are free at this moment.</summary>
    /// <remarks>Python: <c>Semaphore.get_value</c>.</remarks>
    public int Value => Protocol.Units;

    /// <inheritdoc/>
    public override bool IsLocked => Value == 0;

    private SemaphoreProtocol<SharedWords> Protocol => new(Words);

    /// <summary>Opens the semaphore of a name, or makes it.</summary>
    /// <param name="name">1 to 100 bytes without <c>/</c>. Primitives of one user share their names.</param>
    /// <param name="value">How many units there are at first, 0 or more, if it is made.</param>
    /// <returns>The semaphore. It is gone when the last process has let go of it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is negative.</exception>
    /// <inheritdoc cref="Lock.OpenNamed"/>
    public static Semaphore OpenNamed(string name, int value = 1) =>
        new(SyncSegments.OpenNamed(name, ObjectKind.Semaphore, Checked(value), tableWords: 0));

    /// <inheritdoc cref="Lock.OpenExisting"/>
    public static Semaphore OpenExisting(string name) =>
        new(SyncSegments.OpenExisting(name, ObjectKind.Semaphore));

    /// <inheritdoc/>
    public ValueTask<bool> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        AcquireCoreAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LockScope> EnterAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        EnterScope.WhenAsync(AcquireAsync(timeout, cancellationToken), this, timeout);

    /// <summary>Gives back one unit. Who waits next, gets it.</summary>
    /// <exception cref="SemaphoreFullException">There would be more than 2^31 - 1 units. Nothing changed.</exception>
    /// <remarks>Python: <c>Semaphore.release</c>.</remarks>
    public override void Release() => Release(1);

    /// <summary>Gives back several units at once, or adds new ones.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <exception cref="SemaphoreFullException">There would be more than 2^31 - 1 units. Nothing changed.</exception>
    public void Release(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (!Protocol.TryRelease(count))
        {
            throw new SemaphoreFullException($"Release({count}) of {this}: at most {int.MaxValue} units can be counted. Nothing was released.");
        }
    }

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>Semaphore 'connections' (2 free)</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Describe.Label(this, Name)} ({new SemaphoreProtocol<SharedWords>(WordsForText).Units} free)");

    /// <inheritdoc/>
    void IHandleSendable<Semaphore>.WriteHandle(GraphEncoder encoder) => WriteSegment(encoder);

    /// <inheritdoc/>
    static Semaphore IHandleSendable<Semaphore>.ReadHandle(GraphDecoder decoder) => new(ReadSegment(decoder, ObjectKind.Semaphore));

    private protected override bool TryTake(bool looksForDead) => Protocol.TryAcquire();

    private protected override ValueTask<WaitOutcome> TakeAsync(bool blocks, WaitDeadline deadline, CancellationToken cancellationToken) =>
        Words.WaitAsync(Protocol.Acquiring(), blocks, deadline, cancellationToken);

    private static int Checked(int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return value;
    }
}
