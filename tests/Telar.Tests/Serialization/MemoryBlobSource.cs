using Telar.Serialization;

namespace Telar.Tests.Serialization;

internal sealed class MemoryBlobSource(List<byte[]> blobs) : BlobSource
{
    internal override long TotalLength => blobs.Sum(static blob => (long)blob.Length);

    internal override long GetLength(int index) => index < blobs.Count ? blobs[index].Length : -1;

    internal override void CopyTo(int index, Span<byte> destination) => blobs[index].CopyTo(destination);
}
