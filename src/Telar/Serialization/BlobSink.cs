namespace Telar.Serialization;

/// <summary>Takes big buffers out of band, so that a payload stays small.</summary>
internal abstract class BlobSink
{
    /// <summary>The length in bytes from which a buffer goes out of band.</summary>
    internal abstract int Threshold { get; }

    /// <summary>Takes a copy of <paramref name="content"/> and returns the index the reader will ask for.</summary>
    /// <remarks>When encoding fails later on, buffers taken until then are simply never asked for.</remarks>
    internal abstract int Add(ReadOnlySpan<byte> content);
}
