using Telar.Serialization;
using Xunit;

namespace Telar.Tests.Serialization;

/// <summary>Sends values to "another process": through bytes alone.</summary>
internal static class Codec
{
    internal static byte[] Encode<T>(T value, EncodeContext? context = null, BlobSink? blobs = null)
    {
        using var writer = new PayloadWriter(blobs);
        TypedCodec.Write(writer, value, context);
        return writer.WrittenMemory.ToArray();
    }

    internal static T Decode<T>(byte[] payload, DecodeContext? context = null, BlobSource? blobs = null)
    {
        var reader = new PayloadReader(payload, blobs);
        T value = TypedCodec.Read<T>(reader, context);
        Assert.Equal(0, reader.Remaining);
        return value;
    }

    internal static T RoundTrip<T>(T value) => Decode<T>(Encode(value));

    /// <summary>The same, with bodies put off from a smaller depth on, which values of a test would rarely reach otherwise.</summary>
    internal static T RoundTrip<T>(T value, int deferDepth) => Decode<T>(Encode(value, new EncodeContext { DeferDepth = deferDepth }));

    internal static SerializationException Refused<T>(T value)
    {
        using var writer = new PayloadWriter();
        writer.WriteByte(7);
        var e = Assert.Throws<SerializationException>(() => TypedCodec.Write(writer, value));
        Assert.True(writer.WrittenSpan.SequenceEqual([(byte)7]), "A refused value left bytes behind.");
        return e;
    }
}
