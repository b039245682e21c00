namespace Census.Analysis;

internal enum FileKind
{
    /// <summary>A .NET assembly; it was read to the end.</summary>
    Managed,

    /// <summary>A Windows image without metadata.</summary>
    Native,

    /// <summary>Not an image, or one that contradicts itself.</summary>
    Damaged,

    /// <summary>The operating system did not let us read it.</summary>
    Unreadable,
}
