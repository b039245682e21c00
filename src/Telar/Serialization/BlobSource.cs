namespace Telar.Serialization;

/// <summary>Gives back what a <see cref="BlobSink"/> took.</summary>
internal abstract class BlobSource
{
    /// <summary>The bytes of all buffers together: memory that the sender has really spent, so the receiver may spend it too.</summary>
    internal abstract long TotalLength { get; }

    /// <summary>The length of a buffer in bytes, or -1 if there is none of this index. Must not throw: the index is unchecked input.</summary>
    internal abstract long GetLength(int index);

    /// <summary>Copies a whole buffer; <paramref name="destination"/> has exactly its length.</summary>
    internal abstract void CopyTo(int index, Span<byte> destination);
}
