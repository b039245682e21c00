using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>Takes the big buffers of one message; rents a file for them when the first one comes.</summary>
// Ownership
//   The file belongs to whoever made this object, who gives it back or disposes it; the object itself lets go of nothing.
internal sealed class RentedBlobs(BlobFileCache cache) : BlobSink
{
    /// <summary>The file; null while there was no buffer, as in nearly every message.</summary>
    public BlobFile? File { get; private set; }

    internal override int Threshold => BlobFile.Threshold;

    internal override int Add(ReadOnlySpan<byte> content) => (File ??= cache.Rent()).Sink.Add(content);
}
