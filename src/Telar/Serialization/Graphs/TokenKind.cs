namespace Telar.Serialization;

/// <summary>What stands for a cancellation token.</summary>
internal enum TokenKind : byte
{
    /// <summary>A token that can never be cancelled.</summary>
    None,

    /// <summary>A token that was cancelled already, and that nobody bridges.</summary>
    Cancelled,

    /// <summary>The index of a token in <see cref="EncodeContext.Tokens"/>.</summary>
    Bridged,

    /// <summary>The same, of one that was cancelled already.</summary>
    BridgedCancelled,
}
