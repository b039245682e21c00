using Telar.Internal.Segments;
using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;
using Telar.Serialization;
using Telar.Threading;

namespace Telar.Multiprocessing;

/// <summary>A flag that threads and awaits of several processes can wait for.</summary>
/// <remarks>
/// <para>
/// Everybody who waits when <see cref="Set"/> is called goes on, even when <see cref="Clear"/> follows at once. A process that is killed
/// while it waits holds nobody up; in Python <c>set</c> then waits for ever.
/// </para>
/// <para>Python: <c>multiprocessing.Event</c>, <c>multiprocessing.synchronize.Event</c>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</para>
/// </remarks>
public sealed class Event : ProcessPrimitive, IEvent, IHandleSendable<Event>
{
    /// <summary>Makes an event whose flag is not set.</summary>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux on a 64-bit machine.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptors left.</exception>
    public Event()
        : this(SyncSegments.Create(ObjectKind.Event, parameter: 0, tableWords: 0))
    {
    }

    internal Event(SyncSegment segment)
        : base(segment)
    {
    }

    /// <inheritdoc/>
    public bool IsSet => Protocol.IsSet;

    private EventProtocol<SharedWords> Protocol => new(Words);

    /// <inheritdoc cref="Lock.OpenNamed"/>
    public static Event OpenNamed(string name) =>
        new(SyncSegments.OpenNamed(name, ObjectKind.Event, parameter: 0, tableWords: 0));

    /// <inheritdoc cref="Lock.OpenExisting"/>
    public static Event OpenExisting(string name) =>
        new(SyncSegments.OpenExisting(name, ObjectKind.Event));

    /// <inheritdoc/>
    /// <remarks>Python: <c>Event.set</c>.</remarks>
    public void Set() => Protocol.Set();

    /// <inheritdoc/>
    /// <remarks>Python: <c>Event.clear</c>.</remarks>
    public void Clear() => Protocol.Clear();

    /// <inheritdoc/>
    /// <remarks>Python: <c>Event.wait</c>.</remarks>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return IsSet || (timeout != TimeSpan.Zero && Ended(WaitCoreAsync(blocks: true, timeout, cancellationToken)));
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        return cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellationToken)
            : IsSet ? new ValueTask<bool>(true)
            : timeout == TimeSpan.Zero ? new ValueTask<bool>(false)
            : WaitCoreAsync(blocks: false, timeout, cancellationToken);
    }

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>Event 'ready' (unset)</c>.</returns>
    public override string ToString() =>
        $"{Describe.Label(this, Name)} ({(new EventProtocol<SharedWords>(WordsForText).IsSet ? "set" : "unset")})";

    /// <inheritdoc/>
    void IHandleSendable<Event>.WriteHandle(GraphEncoder encoder) => WriteSegment(encoder);

    /// <inheritdoc/>
    static Event IHandleSendable<Event>.ReadHandle(GraphDecoder decoder) => new(ReadSegment(decoder, ObjectKind.Event));

    private async ValueTask<bool> WaitCoreAsync(bool blocks, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        WaitOutcome outcome = await Words.WaitAsync(Protocol.Waiting(), blocks, WaitDeadline.After(timeout), cancellationToken).ConfigureAwait(false);
        return outcome.IsGranted(cancellationToken);
    }
}
