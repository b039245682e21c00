using System.Runtime.InteropServices;

namespace Telar.Multiprocessing;

/// <summary>Something that <see cref="Connections.Wait{T}"/> can wait for: it is ready when its handle can be read, or has ended.</summary>
/// <remarks>
/// Python: an object with a <c>fileno()</c>. <b>Thread safety.</b> <see cref="SafeHandle"/> may be asked for on any thread.
/// </remarks>
public interface IWaitable
{
    /// <summary>Gets the descriptor to wait for; it stays the object's.</summary>
    /// <exception cref="ObjectDisposedException">The object is closed.</exception>
    SafeHandle SafeHandle { get; }
}
