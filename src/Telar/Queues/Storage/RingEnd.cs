using System.Runtime.InteropServices;
using Telar.Internal.Waiting;

namespace Telar.Queues.Storage;

/// <summary>One end of a <see cref="Ring{T}"/>: what those who put write, or those who get, on cache lines of its own.</summary>
/// <remarks>A field of its ring; never copied, never read-only.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct RingEnd
{
    // Before and behind lie what the other end writes, and what both read.
    private const int First = 64;

    /// <summary>Held by who uses this end. No code of a user's runs under it, so it need not know its owner.</summary>
    [FieldOffset(First)]
    public Latch Latch;

    /// <summary>How many items have passed here since the ring was made: the next one goes to, or comes from, this position.</summary>
    [FieldOffset(First + 8)]
    public long Position;

    /// <summary>A position of the other end that was read before: it has not gone back since.</summary>
    [FieldOffset(First + 16)]
    public long OtherSeen;

    /// <summary>How many of the items that were ever put are done; kept at the end of the gets, whose users say so.</summary>
    [FieldOffset(First + 24)]
    public long Done;
}
