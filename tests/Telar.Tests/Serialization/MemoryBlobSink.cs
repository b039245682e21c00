using Telar.Serialization;

namespace Telar.Tests.Serialization;

internal sealed class MemoryBlobSink(int threshold) : BlobSink
{
    internal List<byte[]> Blobs { get; } = [];

    internal override int Threshold => threshold;

    internal override int Add(ReadOnlySpan<byte> content)
    {
        Blobs.Add(content.ToArray());
        return Blobs.Count - 1;
    }
}
