namespace Telar.Serialization;

/// <summary>What stands behind a value that holds objects.</summary>
internal enum TrailerMarker : byte
{
    End,

    /// <summary>The body of the first object of those deferred whose body was not there yet.</summary>
    Body,

    /// <summary>More fields of a closure: two delegates share it, and the second reaches fields that the first does not.</summary>
    Supplement,
}
