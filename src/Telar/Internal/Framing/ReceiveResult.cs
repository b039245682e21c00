namespace Telar.Internal.Framing;

/// <summary>What one look at a socket found.</summary>
internal enum ReceiveResult
{
    /// <summary>Nothing has arrived.</summary>
    Nothing,

    /// <summary>Bytes were taken in.</summary>
    Data,

    /// <summary>The other side has closed, or is gone.</summary>
    Closed,
}
