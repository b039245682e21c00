using Telar.Serialization;

namespace Telar.Multiprocessing;

/// <summary>How a value of .NET looks as a message, so that it is never taken for a pickle, nor a pickle for it.</summary>
/// <remarks>
/// Four bytes that begin no pickle ('~' is none of its operation codes), the last of them the version, and the value by the typed codec,
/// with its own type: a receiver that expects another gets an exception, not another value.
/// </remarks>
internal static class TypedMessage
{
    private const byte PickleProtocol = 0x80;
    private const byte LastPickleProtocol = 5;

    private static ReadOnlySpan<byte> Mark => [(byte)'~', (byte)'T', (byte)'L', 1];

    /// <exception cref="SerializationException">A part of the value cannot be sent.</exception>
    internal static void Write(PayloadWriter writer, object? value, EncodeContext context)
    {
        writer.WriteBytes(Mark);
        TypedCodec.Write(writer, value, context);
    }

    /// <exception cref="SerializationException">The message is none, is damaged or holds something else.</exception>
    /// <exception cref="BuildMismatchException">The sender runs another build of an assembly that the value mentions.</exception>
    internal static T Read<T>(ReadOnlyMemory<byte> message, DecodeContext context)
    {
        if (!message.Span.StartsWith(Mark))
        {
            throw new SerializationException(Describe<T>(message.Span));
        }

        object? value = TypedCodec.Read<object?>(new PayloadReader(message[Mark.Length..]), context);
        return value switch
        {
            T expected => expected,
            null when default(T) is null => default!, // T's null is a value that was sent
            _ => throw new SerializationException(
                $"The message holds {(value is null ? "null" : $"a {value.GetType()}")}, but Recv<{typeof(T)}> was called. It is gone; the connection is ready for the next one."),
        };
    }

    private static string Describe<T>(ReadOnlySpan<byte> message)
    {
        string found = message switch
        {
            [PickleProtocol, <= LastPickleProtocol and byte protocol, ..] when message[^1] == (byte)'.' =>
                $"a pickle (protocol {protocol}) of {message.Length} bytes, which Python's Connection.send has made. Telar does not read pickles: "
                + "let the Python side use send_bytes, and take the bytes with RecvBytes",
            [(byte)'~', (byte)'T', (byte)'L', byte version, ..] =>
                $"a value written by another version of Telar (format {version}, not {Mark[^1]}). Run the same build on both sides",
            _ => $"{message.Length} bytes that Connection.Send of Telar has not written. If they were sent with SendBytes or send_bytes, take them with RecvBytes",
        };
        return $"Recv<{typeof(T)}> found {found}. This message is gone; the connection is ready for the next one.";
    }
}
