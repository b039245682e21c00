namespace Telar.Serialization;

/// <summary>The first byte at a place for a reference.</summary>
internal enum ReferenceMarker : byte
{
    Null,

    /// <summary>The id of an object that was there before.</summary>
    Back,

    /// <summary>The same; a <see cref="TrailerMarker.Supplement"/> with more of its fields will follow.</summary>
    BackIncomplete,

    /// <summary>A new object of the declared type: head and body.</summary>
    Exact,

    /// <summary>A new object of another type: type, head and body.</summary>
    Typed,

    /// <summary>As <see cref="Exact"/>, but the body follows behind the whole value, so that a long chain needs no deep stack.</summary>
    ExactDeferred,

    /// <summary>As <see cref="Typed"/>, with the body behind the whole value.</summary>
    TypedDeferred,

    /// <summary>The place of an object of the sender's that passes as itself, within one process.</summary>
    Shared,
}
