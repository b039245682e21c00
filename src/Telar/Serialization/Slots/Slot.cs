using System.Diagnostics;

namespace Telar.Serialization;

/// <summary>How a place of some declared type (a field, an element, a whole value) is written and read.</summary>
[StackTraceHidden]
internal abstract class Slot
{
    /// <summary>Why nothing can be in this place, if that is so.</summary>
    internal virtual Refusal? Refusal => null;

    internal abstract void WriteBoxed(GraphEncoder encoder, object? value);

    internal abstract object? ReadBoxed(GraphDecoder decoder);
}
