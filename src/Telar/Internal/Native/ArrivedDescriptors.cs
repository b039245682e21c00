using Microsoft.Win32.SafeHandles;

namespace Telar.Internal.Native;

/// <summary>The descriptors that came with a message, for the objects of its value to take over while it is read.</summary>
/// <remarks>For one thread at a time.</remarks>
// Ownership
//   A descriptor is this object's until it was taken and Keep was called: nobody gets the objects of a value that could not be read to
//   its end, so Clear closes theirs too.
internal sealed class ArrivedDescriptors
{
    private readonly HashSet<SafeFileHandle> _taken = [];

    /// <summary>All that have come, in their order; <see langword="null"/> stands for some that were lost, because this process had no room for them.</summary>
    internal List<SafeFileHandle?> All { get; } = [];

    /// <summary>Comes before the value is read: it may need what was lost.</summary>
    /// <exception cref="IOException">Some were lost.</exception>
    internal void ThrowIfLost()
    {
        if (All.Contains(null))
        {
            throw NativeError.Exception(Interop.Errno.EMFILE, "Receiving the descriptors of a message failed");
        }
    }

    /// <summary>Takes one over.</summary>
    /// <param name="index">Its place. Unchecked input.</param>
    /// <returns><see langword="null"/> when there is none, or somebody has taken it before.</returns>
    internal SafeFileHandle? Take(int index) =>
        (uint)index < (uint)All.Count && All[index] is { } descriptor && _taken.Add(descriptor) ? descriptor : null;

    /// <summary>Says that the value was read: what was taken stays with its takers.</summary>
    internal void Keep()
    {
        if (_taken.Count > 0)
        {
            _ = All.RemoveAll(descriptor => descriptor is not null && _taken.Contains(descriptor));
            _taken.Clear();
        }
    }

    /// <summary>Closes all that are still here.</summary>
    internal void Clear()
    {
        All.ForEach(static descriptor => descriptor?.Dispose());
        All.Clear();
        _taken.Clear();
    }
}
