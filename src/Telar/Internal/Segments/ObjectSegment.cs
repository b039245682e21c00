using System.Runtime.InteropServices;

namespace Telar.Internal.Segments;

// Layout, in the order of bytes of the machine
//
//   0     8  Magic
//   8     4  Version of this layout
//   12    4  kind of the object
//   16    8  bytes of content
//   64    4 x 1008  how many users each slot has had
//   4096     the content
//
// Invariants
//   I1  A user is (slot, count): it lives as long as the kernel says that its slot is taken and the slot's count is still its own. So a
//       slot that changes hands does not raise its former user from the dead.
//   I2  Only the holder of a slot's lock changes its count. Between lock and count a former user looks alive: ask again a moment later.
//   I3  The number of a user is never 0, and has 31 bits: slot in the low 10, count above.
// Ownership
//   The object owns its segment, whose file holds the lock of the slot.

/// <summary>A segment that holds an object of Telar: what it is, who uses it, and its content.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal sealed class ObjectSegment : IDisposable
{
    /// <summary>How many users an object can have at once.</summary>
    internal const int MaxUsers = (ContentOffset - UsersOffset) / sizeof(int);

    private const long Magic = 0x4745_5352_414C_4554; // "TELARSEG"
    private const int Version = 1;
    private const int VersionOffset = 8;
    private const int KindOffset = 12;
    private const int SizeOffset = 16;
    private const int UsersOffset = 64;
    private const int ContentOffset = 4096;

    private const int SlotBits = 10;
    private const int CountMask = (1 << 21) - 1;

    private const string Prefix = "telar_";
    private const int Digits = 16;

    private readonly Segment _segment;

    private ObjectSegment(Segment segment)
    {
        _segment = segment;
        User = TakeSlot();
    }

    /// <summary>The number of this user among all that the object has had; never 0, at most 31 bits.</summary>
    internal int User { get; }

    /// <summary>The name by which another process opens the object.</summary>
    internal string Name => _segment.Name;

    /// <summary>The bytes of content.</summary>
    internal long Size => _segment.Size - ContentOffset;

    /// <summary>Makes an object that goes with its last user.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="size">The bytes of content, above 0; they are zero at first.</param>
    /// <param name="name">The name, or <see langword="null"/> for a random one.</param>
    /// <param name="initialize">Writes the content, before any other process can see it.</param>
    /// <returns>The object, or <see langword="null"/> if the name is taken.</returns>
    /// <exception cref="IOException">There is no room, or the system has no descriptors left. Nothing was made.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    internal static ObjectSegment? TryCreate(ObjectKind kind, long size, string? name = null, Action<ObjectSegment>? initialize = null)
    {
        ObjectSegment? made = null;
        Segment? segment = name is null
            ? Segment.CreateRandom(Prefix, Digits, ContentOffset + size, initialize: Write)
            : Segment.TryCreate(name, ContentOffset + size, isTracked: true, Write);
        return segment is null ? null : made;

        void Write(Segment segment)
        {
            segment.Word<long>(0) = Magic;
            segment.Word<int>(VersionOffset) = Version;
            segment.Word<int>(KindOffset) = (int)kind;
            segment.Word<long>(SizeOffset) = size;
            made = new ObjectSegment(segment);
            initialize?.Invoke(made);
        }
    }

    /// <summary>Opens the object of a name.</summary>
    /// <param name="kind">What it must be.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The object, or <see langword="null"/> if there is nothing of that name.</returns>
    /// <exception cref="IOException">It is something else, has all the users it can have, or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user of the system.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    internal static ObjectSegment? TryOpen(ObjectKind kind, string name)
    {
        Segment? segment = Segment.TryOpen(name);
        if (segment is null)
        {
            return null;
        }

        try
        {
            Check(segment, kind);
            return new ObjectSegment(segment);
        }
        catch
        {
            segment.Dispose();
            throw;
        }
    }

    /// <summary>A word of the content, for <see cref="Interlocked"/> and <see cref="Volatile"/>.</summary>
    /// <param name="offset">Where it begins in the content, in bytes; a multiple of its size.</param>
    /// <returns>The word; valid while this object is neither disposed nor collected.</returns>
    internal ref T Word<T>(long offset)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return ref _segment.Word<T>(ContentOffset + offset);
    }

    /// <summary>The open file, for who maps the memory a second time. It is closed by <see cref="Dispose"/>.</summary>
    internal SafeHandle File => _segment.File;

    /// <summary>Where the content begins in the file.</summary>
    internal static int ContentStart => ContentOffset;

    /// <summary>Whether a user is still there. Costs a system call.</summary>
    /// <param name="user">A number that <see cref="User"/> gave, here or in another process.</param>
    /// <returns>False: it has ended or disposed its object, and will never come back under this number.</returns>
    /// <exception cref="ObjectDisposedException">This object is disposed, perhaps by another thread just now.</exception>
    internal bool IsAlive(int user)
    {
        if (user == User)
        {
            return true;
        }

        int slot = user & ((1 << SlotBits) - 1);
        bool isCounted = false;
        try
        {
            // Counted as a use: otherwise another thread's Dispose might unmap the count while it is read.
            _segment.DangerousAddRef(ref isCounted);
            return slot < MaxUsers
                && Volatile.Read(ref CountOf(slot)) == user >> SlotBits
                && SegmentLocks.IsSlotTaken(_segment.File, slot);
        }
        finally
        {
            if (isCounted)
            {
                _segment.DangerousRelease();
            }
        }
    }

    /// <summary>Stops using the object; the last user's name goes with it.</summary>
    public void Dispose() => _segment.Dispose();

    private static void Check(Segment segment, ObjectKind kind)
    {
        string doing = $"Opening '{segment.Name}' as {kind} failed";
        if (!segment.IsTracked || segment.Size <= ContentOffset || segment.Word<long>(0) != Magic || segment.Word<long>(SizeOffset) != segment.Size - ContentOffset)
        {
            throw new IOException($"{doing}: it is plain shared memory, or damaged, and none of Telar's objects. Open it as SharedMemory to look at it.");
        }

        if (segment.Word<int>(VersionOffset) is var version && version != Version)
        {
            throw new IOException($"{doing}: it was made by another version of Telar (layout {version}, this one has {Version}). Use the same one on both sides.");
        }

        if (segment.Word<int>(KindOffset) is var found && found != (int)kind)
        {
            throw new IOException($"{doing}: it is of the kind {(ObjectKind)found}. Open it as such, or use another name.");
        }
    }

    private ref int CountOf(int slot) => ref _segment.Word<int>(UsersOffset + (slot * sizeof(int)));

    private int TakeSlot()
    {
        for (int slot = 0; slot < MaxUsers; slot++)
        {
            if (SegmentLocks.TryTakeSlot(_segment.File, slot))
            {
                int count = (CountOf(slot) + 1) & CountMask;
                count = Math.Max(count, 1);
                Volatile.Write(ref CountOf(slot), count);
                return (count << SlotBits) | slot;
            }
        }

        throw new IOException($"Opening '{_segment.Name}' failed: it has {MaxUsers} users already, and no room for more.");
    }
}
