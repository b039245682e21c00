namespace Telar.Internal.Framing;

/// <summary>Whether big buffers travel beside a frame.</summary>
internal enum FrameBlobs : byte
{
    /// <summary>No.</summary>
    None = 0,

    /// <summary>A descriptor comes with the frame's first byte.</summary>
    Attached = 1,

    /// <summary>The same, and the sender has no further use for the contents: the receiver may answer in that file.</summary>
    Reusable = 2,
}
