namespace Telar.Multiprocessing;

/// <summary>A message was longer than the buffer it should have gone to.</summary>
/// <remarks>
/// Nothing is lost: <see cref="Bytes"/> is the message, and the connection is ready for the next one.
/// Python: <c>multiprocessing.BufferTooShort</c>, whose <c>args[0]</c> is the message. <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public sealed class BufferTooShortException : ProcessException
{
    internal BufferTooShortException(byte[] bytes, int room)
        : base($"A message of {bytes.Length} bytes came for a buffer of {room}. The whole message is in {nameof(Bytes)}; the buffer is unchanged.") =>
        Bytes = bytes;

    /// <summary>Gets the whole message.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }
}
