using System.Globalization;
using Telar.Internal.Segments;
using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;
using Telar.Serialization;
using Telar.Threading;

namespace Telar.Multiprocessing;

// How the parties meet: Protocols/BarrierProtocol.cs.

/// <summary>A place where a fixed number of parties, in several processes, wait for each other, again and again.</summary>
/// <remarks>
/// <para>
/// Parties may be threads and awaits. A party that gives up breaks the barrier for all of them, because they would wait in vain:
/// they get a <see cref="BrokenBarrierException"/>, and so does everybody who comes before <see cref="Reset"/>. So does the death of a
/// process that has the barrier, whether it was killed while it waited or before it came; one that ends in good order, or has disposed it,
/// breaks nothing.
/// </para>
/// <para>Python: <c>multiprocessing.Barrier</c>, <c>multiprocessing.synchronize.Barrier</c>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</para>
/// </remarks>
public sealed class Barrier : ProcessPrimitive, IBarrier, IHandleSendable<Barrier>
{
    /// <summary>The largest number of parties. Each step of a meeting looks through them.</summary>
    private const int MaxParties = 1023;

    private readonly Action? _action;
    private readonly TimeSpan? _timeout;

    /// <summary>Makes a barrier.</summary>
    /// <param name="parties">How many parties it takes to pass, 1 to 1023.</param>
    /// <param name="action">
    /// Run once each time, by the party that came last, in its process, before all of them go on; its exception breaks the barrier. It
    /// holds no lock. It travels with the barrier.
    /// </param>
    /// <param name="timeout">How long a <see cref="Wait"/> without a time-out of its own waits; <see langword="null"/> for ever.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="parties"/> is out of range, or <paramref name="timeout"/> is negative and not infinite.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux on a 64-bit machine.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptors left.</exception>
    public Barrier(int parties, Action? action = null, TimeSpan? timeout = null)
        : this(SyncSegments.Create(ObjectKind.Barrier, Checked(parties, timeout), TableWords(parties)), action, timeout)
    {
    }

    internal Barrier(SyncSegment segment, Action? action, TimeSpan? timeout)
        : base(segment)
    {
        _action = action;
        _timeout = timeout;
    }

    /// <inheritdoc/>
    public int Parties => Segment.Parameter;

    /// <inheritdoc/>
    public int WaitingCount => Protocol.WaitingCount;

    /// <inheritdoc/>
    public bool IsBroken => Protocol.Broken != BarrierVerdict.None;

    private BarrierProtocol<SharedWords> Protocol => new(Words, Parties);

    /// <summary>Opens the barrier of a name, or makes it.</summary>
    /// <param name="name">1 to 100 bytes without <c>/</c>. Primitives of one user share their names.</param>
    /// <param name="parties">How many parties it takes to pass, 1 to 1023; the same for all who open it.</param>
    /// <param name="action">What this process does when its party comes last.</param>
    /// <returns>The barrier. It is gone when the last process has let go of it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parties"/> is out of range.</exception>
    /// <exception cref="ArgumentException">It exists with another number of parties, or <paramref name="name"/> is no such name.</exception>
    /// <inheritdoc cref="Lock.OpenNamed"/>
    public static Barrier OpenNamed(string name, int parties, Action? action = null)
    {
        Barrier opened = new(
            SyncSegments.OpenNamed(name, ObjectKind.Barrier, Checked(parties, timeout: null), TableWords(parties)), action, timeout: null);
        int found = opened.Parties;
        if (found != parties)
        {
            opened.Dispose();
            throw new ArgumentException($"Opening Barrier '{name}' for {parties} parties failed: it was made for {found}.", nameof(parties));
        }

        return opened;
    }

    /// <inheritdoc/>
    /// <exception cref="Exception">Whatever the action threw, for the party that ran it. The barrier is broken.</exception>
    /// <remarks>
    /// A token that is cancelled before the call ends it before the party has come: the barrier is then as it was. While the action runs,
    /// neither time nor token end the waits of the parties that have come. Python: <c>Barrier.wait</c>.
    /// </remarks>
    public int Wait(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return Ended(WaitCoreAsync(blocks: true, timeout, cancellationToken));
    }

    /// <inheritdoc/>
    /// <inheritdoc cref="Wait"/>
    public ValueTask<int> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<int>(cancellationToken)
            : WaitCoreAsync(blocks: false, timeout, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Python: <c>Barrier.reset</c>.</remarks>
    public void Reset() => Protocol.SendAway(BarrierVerdict.Reset);

    /// <inheritdoc/>
    /// <remarks>Python: <c>Barrier.abort</c>.</remarks>
    public void Abort() => Protocol.SendAway(BarrierVerdict.Aborted);

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>Barrier 'start' (2 of 5 parties are here)</c>.</returns>
    public override string ToString()
    {
        BarrierProtocol<SharedWords> protocol = new(WordsForText, Parties);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Describe.Label(this, Name)} ({(protocol.Broken != BarrierVerdict.None ? "broken" : $"{protocol.WaitingCount} of {Parties} parties are here")})");
    }

    /// <inheritdoc/>
    void IHandleSendable<Barrier>.WriteHandle(GraphEncoder encoder)
    {
        Slots.Of<Action?>().Write(encoder, _action);
        Slots.Of<TimeSpan?>().Write(encoder, _timeout);
        WriteSegment(encoder);
    }

    /// <inheritdoc/>
    static Barrier IHandleSendable<Barrier>.ReadHandle(GraphDecoder decoder)
    {
        Action? action = Slots.Of<Action?>().Read(decoder);
        TimeSpan? timeout = Slots.Of<TimeSpan?>().Read(decoder);
        return new Barrier(ReadSegment(decoder, ObjectKind.Barrier), action, timeout);
    }

    private static int TableWords(int parties) => 2 * BarrierProtocol<SharedWords>.EntriesFor(parties);

    private static int Checked(int parties, TimeSpan? timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parties, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parties, MaxParties);
        WaitDeadline.Check(timeout);
        return parties;
    }

    private async ValueTask<int> WaitCoreAsync(bool blocks, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout ?? _timeout);
        BarrierPassage passage = await Protocol.WaitAsync(_action, blocks, deadline, cancellationToken).ConfigureAwait(false);
        return passage.Own == WaitOutcome.Cancelled ? throw new OperationCanceledException(cancellationToken)
            : passage.Verdict == BarrierVerdict.Passed ? passage.Number
            : throw Broken(passage);
    }

    private BrokenBarrierException Broken(BarrierPassage passage)
    {
        string reason = passage.Verdict switch
        {
            BarrierVerdict.Aborted => "Abort was called",
            BarrierVerdict.Reset => "Reset was called while this party waited",
            BarrierVerdict.ActionFailed => "its action failed",
            BarrierVerdict.PartyDied when Protocol.DeadProcess is int process and not 0 =>
                string.Create(CultureInfo.InvariantCulture, $"process {process}, which has this barrier, was killed or has crashed"),
            BarrierVerdict.PartyDied => "a process that had this barrier was killed or has crashed",
            _ when passage.Own == WaitOutcome.TimedOut => "the others did not come in time",
            _ => "a party gave up: its time was over, or its wait was cancelled",
        };
        string next = passage.Verdict == BarrierVerdict.Reset ? "The barrier itself is new, and can be used." : "Reset makes it usable again.";
        return new BrokenBarrierException($"Wait at {Describe.Label(this, Name)}: {reason}. {next}");
    }
}
