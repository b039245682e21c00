using System.Runtime.CompilerServices;
using Telar.Internal.Native;
using Telar.Internal.Segments;
using static Telar.Interop;

namespace Telar.Multiprocessing.Synchronize;

// Invariants
//   I1  The list of users has, for each slot, who had it last and its process id. Who leaves in good order clears its line; so a line of
//       a user that is not alive is that of a process which was killed or crashed.
//   I2  The words are mapped a second time, for as long as they can be reached from here: Close ends the use for others at once, but a thread of
//       this process may be at a word, and finds a zero and no hole.
// Locks
//   None here; SyncSegments calls the members that change it under its own.
// Ownership
//   A process has at most one of each segment; the primitives on it count themselves in SyncSegments. The last one closes it.

/// <summary>Memory that carries one primitive, as one process has it.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal sealed unsafe class SyncSegment
{
    private readonly ObjectSegment _object;
    private readonly SharedPage _page;
    private volatile bool _isClosed;

    internal SyncSegment(ObjectSegment segment, ObjectKind kind)
    {
        _object = segment;
        _page = SharedPage.Attach(segment.File, ObjectSegment.ContentStart + (int)segment.Size);
        Words = (int*)Unsafe.AsPointer(ref _page.Word(ObjectSegment.ContentStart / sizeof(long)));
        Parameter = Words[WordLayout.Parameter];
        Kind = kind;
        Self = OwnerToken.Of(segment.User);
        Enlist();
    }

    /// <summary>The first word; valid as long as this object is reachable.</summary>
    internal int* Words { get; }

    /// <summary>The name of the memory.</summary>
    internal string MemoryName => _object.Name;

    internal ObjectKind Kind { get; }

    /// <summary>What this process writes into words that it owns.</summary>
    internal int Self { get; }

    /// <summary>What the primitive was made with: a limit, or a number of parties.</summary>
    internal int Parameter { get; }

    /// <summary>The thread of this process that has the lock of the segment, if that is an RLock. Written by that thread alone.</summary>
    internal Thread? LockOwner { get; set; }

    /// <summary>How deep it has it.</summary>
    internal int LockDepth { get; set; }

    /// <summary>How many primitives of this process use it. For <see cref="SyncSegments"/>.</summary>
    internal int Uses { get; set; }

    internal bool IsClosed => _isClosed;

    /// <summary>Says that this process ends in good order.</summary>
    internal void Leave() => Volatile.Write(ref Words[UserAt(Self)], 0);

    /// <summary>Leaves, and lets the system forget this user: what it still holds is abandoned.</summary>
    internal void Close()
    {
        Leave();
        _isClosed = true;
        Crash();
    }

    /// <summary>Ends the use without a word, as the death of this process would. Called from outside by tests only.</summary>
    internal void Crash()
    {
        _page.StopSharing();
        _object.Dispose();
    }

    /// <inheritdoc cref="IWords.IsAlive"/>
    internal bool IsAlive(int owner)
    {
        try
        {
            return _object.IsAlive(OwnerToken.User(owner));
        }
        catch (ObjectDisposedException)
        {
            // Closed here, or the process is ending: nothing is to be taken over any more.
            return true;
        }
    }

    /// <inheritdoc cref="IWords.ProcessIdOf"/>
    internal int ProcessIdOf(int owner)
    {
        int process = Volatile.Read(ref Words[UserAt(owner)]) == owner ? Volatile.Read(ref Words[UserAt(owner) + 1]) : 0;
        GC.KeepAlive(this);
        return process;
    }

    /// <inheritdoc cref="IWords.TakeCrashed"/>
    internal int TakeCrashed()
    {
        for (int slot = 0; slot < ObjectSegment.MaxUsers; slot++)
        {
            int line = WordLayout.Users + (2 * slot);
            int user = Volatile.Read(ref Words[line]);
            int process = Volatile.Read(ref Words[line + 1]);
            if (user != 0 && !IsAlive(user) && Interlocked.CompareExchange(ref Words[line], 0, user) == user)
            {
                return process;
            }
        }

        int former = Interlocked.Exchange(ref Words[WordLayout.CrashedProcess], 0);
        GC.KeepAlive(this);
        return former;
    }

    private static int UserAt(int owner) => WordLayout.Users + (2 * OwnerToken.Slot(owner));

    // Who had the slot before did not leave: that is remembered, since the line is needed.
    private void Enlist()
    {
        int line = UserAt(Self);
        if (Words[line] != 0)
        {
            Volatile.Write(ref Words[WordLayout.CrashedProcess], Words[line + 1]);
        }

        Volatile.Write(ref Words[line], 0);
        Volatile.Write(ref Words[line + 1], Libc.getpid());
        Volatile.Write(ref Words[line], Self);
    }
}
