namespace Telar.Serialization;

/// <summary>The first byte of a type's name on the wire. Values from <see cref="Known"/> on index <see cref="KnownSymbols"/>.</summary>
internal enum SymbolTag : byte
{
    /// <summary>Assembly name, build, token.</summary>
    Definition,

    /// <summary>A definition, the count of arguments, the arguments.</summary>
    Constructed,

    /// <summary>The element type of a one-dimensional, zero-based array.</summary>
    Vector,

    /// <summary>The rank and the element type of any other array.</summary>
    Array,

    Known = 16,
}
