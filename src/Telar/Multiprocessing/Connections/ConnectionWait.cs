using System.Net.Sockets;
using System.Runtime.InteropServices;
using Telar.Internal.Native;

namespace Telar.Multiprocessing;

/// <summary>Finds out which of some descriptors can be read.</summary>
internal static class ConnectionWait
{
    /// <summary>Looks at one descriptor, without waiting.</summary>
    internal static bool IsReadable(SafeHandle handle) => DescriptorIO.WaitReadable(handle, timeoutMilliseconds: 0);

    /// <summary>The descriptor by which an object tells that it is ready.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    internal static SafeHandle HandleOf(object? item) => item switch
    {
        IWaitable waitable => waitable.SafeHandle,
        Socket socket => socket.SafeHandle,
        SafeHandle handle => handle,
        _ => throw new ArgumentException(
            $"{(item is null ? "null" : $"A {item.GetType()}")} cannot be waited for. Wait takes connections and other IWaitable objects, sockets, and "
            + "handles such as the sentinel of a process.",
            nameof(item)),
    };
}
