using System.Globalization;
using Telar.Internal.Waiting;
using Telar.Multiprocessing.Synchronize;
using Telar.Threading;

namespace Telar.Multiprocessing;

// Invariants
//   I1  The mark (LockAbandonedBy) is set by who takes the lock over from a dead process, and cleared only by who holds the lock, and has
//       been told or says that it knows. So whatever happens to those who were to be told, somebody is told.
// Locks
//   The handlers of Abandoned run while the lock is held: that is their purpose. They hold no other.
// Ownership
//   See LockProtocol.

/// <summary>A lock that knows which process has it, and goes to the next when that one dies.</summary>
/// <remarks>
/// <para>
/// A process that is killed, crashes or ends while it holds the lock leaves it <b>abandoned</b>: the next one gets it, and what the lock
/// guards may be half changed. The lock says so until somebody has dealt with it: <see cref="IsAbandoned"/> is true in all processes,
/// and <see cref="Abandoned"/> is raised where a handler is and the lock is acquired, until a handler has returned or
/// <see cref="MarkRecovered"/> was called. A lock that guards nothing that could be left half changed needs neither.
/// </para>
/// <para>
/// <see cref="Mutex"/> throws an exception out of the call that acquires, and has acquired all the same; Python's locks wait for ever.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</para>
/// </remarks>
public abstract class OwnedLock : SemLock
{
    private protected OwnedLock(SyncSegment segment)
        : base(segment)
    {
    }

    /// <summary>
    /// Raised when the lock was acquired that a dead process has left abandoned: on the thread that acquired it, before that call
    /// returns, and while the lock is held.
    /// </summary>
    /// <remarks>
    /// A handler that returns has put right what the lock guards: the lock is no longer abandoned. One that throws gives the lock back,
    /// still abandoned, and its exception comes out of the call that acquires. Out of a wait of a <see cref="Condition"/> it comes with the lock
    /// held, as from all such waits.
    /// </remarks>
    public event EventHandler<AbandonedEventArgs>? Abandoned;

    /// <summary>Whether a process died while it held the lock, and nobody has dealt with that since.</summary>
    /// <remarks>A process that has just died, and whose lock nobody has asked for, is not noticed yet.</remarks>
    public bool IsAbandoned => Words.Read(WordLayout.LockAbandonedBy) != 0;

    /// <summary>How often a process died while it held the lock.</summary>
    public int AbandonedCount => Words.Read(WordLayout.LockAbandonments);

    /// <inheritdoc/>
    public override bool IsLocked => Protocol.Holder != 0;

    private protected LockProtocol<SharedWords> Protocol => new(Words);

    /// <summary>Says that what the lock guards is in order: it is not abandoned any more. For a caller that holds it.</summary>
    public void MarkRecovered() => Words.Write(WordLayout.LockAbandonedBy, 0);

    /// <summary>Its name and state, for a reader.</summary>
    /// <returns>As in <c>Lock 'orders' (held by process 4711)</c>.</returns>
    public override string ToString()
    {
        int holder = new LockProtocol<SharedWords>(WordsForText).Holder;
        string state = holder == 0 ? "unlocked"
            : holder == Segment.Self ? "held by this process"
            : Segment.ProcessIdOf(holder) is int process and not 0 ? string.Create(CultureInfo.InvariantCulture, $"held by process {process}")
            : "held by a process that has ended";
        string mark = WordsForText.Read(WordLayout.LockAbandonedBy) != 0 ? ", abandoned before" : "";
        return $"{Describe.Label(this, Name)} ({state}{mark})";
    }

    private protected override ValueTask<WaitOutcome> TakeAsync(bool blocks, WaitDeadline deadline, CancellationToken cancellationToken) =>
        Words.WaitAsync(Protocol.Acquiring(), blocks, deadline, cancellationToken);

    private protected override void OnTaken()
    {
        if (!IsAbandoned)
        {
            return;
        }

        try
        {
            TellIfAbandoned();
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Calls the handlers if the lock, which the caller has, is abandoned. It keeps the lock if one throws.</summary>
    private protected void TellIfAbandoned()
    {
        int process = Words.Read(WordLayout.LockAbandonedBy);
        if (process != 0 && Abandoned is { } handlers)
        {
            handlers(this, new AbandonedEventArgs(process > 0 ? process : null, AbandonedCount));
            MarkRecovered();
        }
    }

    /// <summary>Takes back what a wait has let go of, however long that takes. The caller must tell of a death itself.</summary>
    private protected ValueTask<WaitOutcome> TakeBackAsync(bool blocks) => TakeAsync(blocks, WaitDeadline.Never, CancellationToken.None);
}
