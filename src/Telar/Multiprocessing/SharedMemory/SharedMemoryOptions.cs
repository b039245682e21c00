namespace Telar.Multiprocessing;

/// <summary>How a block of shared memory is made.</summary>
/// <remarks>Python: the keyword arguments of <c>multiprocessing.shared_memory.SharedMemory</c>. <b>Thread safety.</b> Immutable.</remarks>
public sealed class SharedMemoryOptions
{
    /// <summary>Whether the block goes with its last user, however that one ends.</summary>
    /// <value>
    /// Default true. With false the block stays until <see cref="SharedMemory.Unlink"/>, or until the system restarts: for memory that
    /// outlives the program that makes it.
    /// </value>
    /// <remarks>Python: <c>track</c>.</remarks>
    public bool Track { get; init; } = true;
}
