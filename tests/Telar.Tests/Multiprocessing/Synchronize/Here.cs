using Telar.Multiprocessing;
using Telar.Multiprocessing.Synchronize;

namespace Telar.Tests.Multiprocessing.Synchronize;

/// <summary>A second process, played by this one: it has a segment of its own on the same memory, and can die.</summary>
internal static class Here
{
    /// <summary>Opens the memory of a primitive once more, as another process would.</summary>
    public static SyncSegment Other(ProcessPrimitive primitive) =>
        SyncSegments.OpenAlone(primitive.Segment.MemoryName, primitive.Segment.Kind)!; // not null: the primitive is open

    /// <summary>Reads a word of a primitive.</summary>
    public static int Word(ProcessPrimitive primitive, int index) => new SharedWords(primitive.Segment).Read(index);

    /// <summary>Whether somebody sleeps at a lock.</summary>
    public static bool HasSleepers(OwnedLock held) => (Word(held, WordLayout.Lock) & OwnerToken.Flag) != 0;
}
