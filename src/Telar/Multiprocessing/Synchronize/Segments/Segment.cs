using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using static Telar.Interop;

namespace Telar.Multiprocessing.Synchronize;

// Invariants
//   I1  A process that has the segment holds the lock of the byte of its slot, in a description of its own; the kernel drops it when the
//       process is gone. The generation of the slot is counted up by who has got the byte, before it uses its token.
//   I2  The process id in a slot is cleared by who leaves. One that is set while the byte is free is that of a process which crashed.
//   I3  The size is sealed, or that of a file which nobody truncates: no access to the mapping can fail.
// Locks
//   None here; SegmentRegistry calls the members that change it under its own.
// Ownership
//   A process has at most one Segment of each segment; the primitives on it count themselves in the registry. The last one closes the file,
//   which frees the slot. The mapping stays until nobody here can reach it: a thread may be at its words.

/// <summary>Memory that carries one primitive, and the list of the processes that have it.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal sealed unsafe class Segment
{
    /// <summary>The byte that is locked while a named segment is opened or removed.</summary>
    internal const int Gate = OwnerToken.Slots;

    private const int Magic = 0x54656C31; // "Tel1": another layout needs another number
    private const int MagicWord = 0;
    private const int KindWord = 1;
    private const int ParameterWord = 2;
    private const int IdWord = 4;
    private const int GenerationMask = (1 << 21) - 1;

    private readonly SharedPage _page;
        private int _slot;

    internal Segment(SafeFileHandle file, int bytes, string? name)
    {
        File = file;
        _page = SharedPage.Attach(file, bytes);
        Words = (int*)Unsafe.AsPointer(ref _page.Word(0));
        Name = name;
    }

    /// <summary>The description of the file that this process keeps to itself.</summary>
    internal SafeFileHandle File { get; }

    /// <summary>The first word; valid as long as this object is reachable.</summary>
    internal int* Words { get; }

    /// <summary>The name, of one that has one.</summary>
    internal string? Name { get; }

    /// <summary>What this process writes into words that it owns.</summary>
    internal int Self { get; private set; }

    /// <summary>The thread of this process that has the lock of the segment, if that is an RLock. Written by that thread alone.</summary>
    internal Thread? LockOwner { get; set; }

    /// <summary>How deep it has it.</summary>
    internal int LockDepth { get; set; }

    /// <summary>How many primitives of this process use it. For the registry.</summary>
    internal int Uses { get; set; }

    internal bool IsClosed => File.IsClosed;

    internal bool IsInitialized => Volatile.Read(ref Words[MagicWord]) == Magic;

    internal Guid Id => Unsafe.ReadUnaligned<Guid>(&Words[IdWord]);

    internal SegmentKind Kind => (SegmentKind)Words[KindWord];

    /// <summary>What the primitive was made with: a limit, or a number of parties.</summary>
    internal int Parameter => Words[ParameterWord];

    internal SegmentHandle Handle => new(Id, Kind, Name, Libc.getpid(), (int)File.DangerousGetHandle());

    /// <summary>The bytes of a segment with a table of this size.</summary>
    internal static int BytesFor(int tableWords) => ((WordLayout.Table + tableWords) * sizeof(int) + 4095) & ~4095;

    /// <summary>Writes the header of memory that nobody else uses yet.</summary>
    internal void Initialize(SegmentKind kind, int parameter, Guid id)
    {
        new Span<int>(Words, _page.Size / sizeof(int)).Clear();
        Words[KindWord] = (int)kind;
        Words[ParameterWord] = parameter;
        Unsafe.WriteUnaligned(&Words[IdWord], id);
        Words[WordLayout.SemaphoreUnits] = kind == SegmentKind.Semaphore ? parameter : 0;
        Volatile.Write(ref Words[MagicWord], Magic);
    }

    /// <summary>Takes a slot for this process.</summary>
    /// <exception cref="IOException">All slots are taken, or the system has no locks left.</exception>
    internal void Join()
    {
        // First those that nobody has left behind: the process id of one who crashed may still be asked for.
        if (!TryJoin(avoidsCrashed: true) && !TryJoin(avoidsCrashed: false))
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture,
                $"Attaching to {Kind} {Name ?? Id.ToString()} failed: {OwnerToken.Slots} processes use it already, or the system refuses file locks (ENOLCK)."));
        }
    }

    /// <summary>Says that this process ends in good order.</summary>
    internal void Leave() => Volatile.Write(ref Words[ProcessIdOf(_slot)], 0);

    /// <summary>Leaves, and lets the system forget the slot: what this process still holds is abandoned.</summary>
    internal void Close()
    {
        Leave();
        File.Dispose();
    }

    /// <summary>Whether another process has the segment.</summary>
    internal bool HasOthers() => ByteLocks.IsTakenByOther(File, 0, OwnerToken.Slots);

    internal void EnterGate()
    {
        if (!ByteLocks.Take(File, Gate))
        {
            throw NativeError.LastException($"Locking the file of '{Name}' failed");
        }
    }

    internal void ExitGate() => ByteLocks.Release(File, Gate);

    /// <inheritdoc cref="IWords.IsAlive"/>
    internal bool IsAlive(int owner)
    {
        int slot = OwnerToken.Slot(owner);
        return owner == Self || (slot >= 0
            && OwnerToken.IsOf(owner, Volatile.Read(ref Words[GenerationOf(slot)]))
            && ByteLocks.IsTakenByOther(File, slot, 1));
    }

    /// <inheritdoc cref="IWords.ProcessIdOf"/>
    internal int ProcessIdOfOwner(int owner)
    {
        int slot = OwnerToken.Slot(owner);
        return slot >= 0 && OwnerToken.IsOf(owner, Volatile.Read(ref Words[GenerationOf(slot)])) ? Volatile.Read(ref Words[ProcessIdOf(slot)]) : 0;
    }

    /// <inheritdoc cref="IWords.TakeCrashed"/>
    internal int TakeCrashed()
    {
        for (int slot = 0; slot < OwnerToken.Slots && Volatile.Read(ref Words[GenerationOf(slot)]) != 0; slot++)
        {
            int process = Volatile.Read(ref Words[ProcessIdOf(slot)]);
            if (process != 0 && slot != _slot && !ByteLocks.IsTakenByOther(File, slot, 1)
                && Interlocked.CompareExchange(ref Words[ProcessIdOf(slot)], 0, process) == process)
            {
                return process;
            }
        }

        return 0;
    }

    private static int GenerationOf(int slot) => WordLayout.Slots + (2 * slot);

    private static int ProcessIdOf(int slot) => GenerationOf(slot) + 1;

    private bool TryJoin(bool avoidsCrashed)
    {
        for (int slot = 0; slot < OwnerToken.Slots; slot++)
        {
            bool isUsed = Volatile.Read(ref Words[ProcessIdOf(slot)]) != 0;
            if ((avoidsCrashed && isUsed) || !ByteLocks.TryTake(File, slot))
            {
                continue;
            }

            // Never 0: that is a slot which nobody has had.
            int generation = (Words[GenerationOf(slot)] & GenerationMask) % GenerationMask + 1;
            Volatile.Write(ref Words[GenerationOf(slot)], generation);
            Volatile.Write(ref Words[ProcessIdOf(slot)], Libc.getpid());
            _slot = slot;
            Self = OwnerToken.Of(slot, generation);
            return true;
        }

        return false;
    }
}
