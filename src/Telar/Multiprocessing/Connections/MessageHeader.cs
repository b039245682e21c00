using System.Buffers.Binary;

namespace Telar.Multiprocessing;

/// <summary>What stands before each message on a connection: its length, in CPython's form.</summary>
/// <remarks>
/// <code>
/// up to 2^31 - 1 bytes   i32 big-endian: the length
/// more                   i32 big-endian: -1, then u64 big-endian: the length
/// </code>
/// Pure: no socket.
/// </remarks>
internal static class MessageHeader
{
    /// <summary>The bytes of a short header, which tell whether it is a long one.</summary>
    internal const int ShortSize = sizeof(int);

    /// <summary>The bytes of a long header.</summary>
    internal const int LongSize = sizeof(int) + sizeof(ulong);

    private const int LongMark = -1;

    /// <summary>Writes the header of a message.</summary>
    /// <param name="destination">At least <see cref="LongSize"/> bytes.</param>
    /// <param name="length">The length of the message in bytes, 0 or more.</param>
    /// <returns>How many bytes the header has.</returns>
    internal static int Write(Span<byte> destination, long length)
    {
        if (length <= int.MaxValue)
        {
            BinaryPrimitives.WriteInt32BigEndian(destination, (int)length);
            return ShortSize;
        }

        BinaryPrimitives.WriteInt32BigEndian(destination, LongMark);
        BinaryPrimitives.WriteUInt64BigEndian(destination[ShortSize..], (ulong)length);
        return LongSize;
    }

    /// <summary>Reads as much of a header as is there.</summary>
    /// <param name="received">The first bytes of a message, at most <see cref="LongSize"/>.</param>
    /// <param name="length">The length of the message, when the header is whole.</param>
    /// <returns>How many bytes are missing yet; 0 when the header is whole.</returns>
    /// <exception cref="InvalidDataException">No message has such a header; the stream cannot be read on.</exception>
    internal static int Read(ReadOnlySpan<byte> received, out ulong length)
    {
        length = 0;
        if (received.Length < ShortSize)
        {
            return ShortSize - received.Length;
        }

        int first = BinaryPrimitives.ReadInt32BigEndian(received);
        if (first >= 0)
        {
            length = (ulong)first;
            return 0;
        }

        if (first != LongMark)
        {
            throw new InvalidDataException(
                $"A message should begin here, but its header says that it has {first} bytes: the other side does not speak the protocol of "
                + "multiprocessing.connection, or something else wrote to the socket. Close the connection.");
        }

        if (received.Length < LongSize)
        {
            return LongSize - received.Length;
        }

        length = BinaryPrimitives.ReadUInt64BigEndian(received[ShortSize..]);
        return 0;
    }
}
