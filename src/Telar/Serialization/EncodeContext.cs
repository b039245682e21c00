using System.Runtime.InteropServices;

namespace Telar.Serialization;

/// <summary>What the encoder leaves outside a payload for the caller to carry in its own way.</summary>
internal sealed class EncodeContext
{
    /// <summary>The distinct cancellation tokens that the value holds, in order of appearance; the payload has their indexes.</summary>
    internal List<CancellationToken> Tokens { get; } = [];

    /// <summary>Whether somebody carries <see cref="Tokens"/> over; if nobody does, one that can still be cancelled is refused.</summary>
    internal bool CarriesTokens { get; init; } = true;

    /// <summary>The descriptors of the objects that travel as such, in order of appearance; <see langword="null"/> if nothing carries them.</summary>
    internal List<SafeHandle>? Descriptors { get; init; }

    /// <summary>The objects that pass as themselves, because the receiver is in this process; <see langword="null"/> if it is not.</summary>
    internal SharedObjects? Shared { get; init; }

    /// <summary>Objects deeper than this are put off until the others are written, if their kind allows it. Tests make it small.</summary>
    internal int DeferDepth { get; init; } = GraphEncoder.DeferDepth;

    /// <summary>How much is left here now, for <see cref="TakeBack"/>.</summary>
    internal (int Tokens, int Descriptors) Mark => (Tokens.Count, Descriptors?.Count ?? 0);

    /// <summary>Forgets what was left here since a <see cref="Mark"/>.</summary>
    internal void TakeBack((int Tokens, int Descriptors) mark)
    {
        Tokens.RemoveRange(mark.Tokens, Tokens.Count - mark.Tokens);
        Descriptors?.RemoveRange(mark.Descriptors, Descriptors.Count - mark.Descriptors);
    }
}
