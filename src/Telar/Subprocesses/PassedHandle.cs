using System.Runtime.InteropServices;

namespace Telar.Subprocesses;

/// <summary>A descriptor that a child gets beyond the standard three.</summary>
/// <param name="Handle">The open descriptor. It stays open here, and other children do not get it.</param>
/// <param name="Number">The number in the child, 3 or above; null: the same as here.</param>
/// <remarks>Python: an element of <c>pass_fds</c>, whose number cannot be chosen. <b>Thread safety.</b> Immutable.</remarks>
public readonly record struct PassedHandle(SafeHandle Handle, int? Number = null)
{
    /// <summary>A descriptor under the number that it has here.</summary>
    /// <param name="handle">The open descriptor.</param>
    /// <returns>What to pass.</returns>
    public static implicit operator PassedHandle(SafeHandle handle) => new(handle);
}
