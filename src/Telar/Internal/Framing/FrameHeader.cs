using System.Buffers.Binary;

namespace Telar.Internal.Framing;

/// <summary>The 24 bytes before each frame's payload.</summary>
/// <remarks>
/// <code>
/// offset 0  u32  payload length in bytes
///        4  u8   kind
///        5  u8   out-of-band data: 0 none; 1 a descriptor travels with the frame; 2 the same, and the receiver may write to it
///        6  u16  magic 0x7E1A: a stream that lost its place is noticed at the next header
///        8  i64  sequence number of the call, 0 where none is meant
///       16  i64  in an answer: how long the call ran, in ticks of 100 ns; in a call: which attempt it is; else 0
/// </code>
/// Little-endian. Both ends run on one machine.
/// </remarks>
internal readonly record struct FrameHeader(FrameKind Kind, FrameBlobs Blobs, long Sequence, int Length, long Detail = 0)
{
    public const int Size = 24;

    /// <summary>The longest payload taken inline: larger data travels out of band.</summary>
    public const int MaxLength = 1 << 30;

    private const ushort Magic = 0x7E1A;

    /// <summary>A descriptor comes with the frame.</summary>
    public bool HasBlobs => Blobs != FrameBlobs.None;

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, Length);
        destination[4] = (byte)Kind;
        destination[5] = (byte)Blobs;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], Magic);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Detail);
    }

    /// <exception cref="InvalidDataException">The bytes are no header; the stream cannot be read on.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(source);
        ushort magic = BinaryPrimitives.ReadUInt16LittleEndian(source[6..]);
        if (magic != Magic || length < 0 || length > MaxLength || source[5] > (byte)FrameBlobs.Reusable)
        {
            throw new InvalidDataException(
                $"A frame header was expected, but the bytes are {Convert.ToHexString(source[..Size])}: "
                + "the other side is not a Telar process of this build, or something else wrote to the socket.");
        }

        return new FrameHeader(
            (FrameKind)source[4],
            (FrameBlobs)source[5],
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            length,
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]));
    }
}
