namespace Telar.Subprocesses;

/// <summary>One of the two streams that a child writes.</summary>
/// <remarks>The values are the numbers of the descriptors. <b>Thread safety.</b> An enumeration.</remarks>
public enum OutputSource
{
    /// <summary>Standard output; standard error too where it is merged into it.</summary>
    Stdout = 1,

    /// <summary>Standard error.</summary>
    Stderr = 2,
}
