using System.Runtime.InteropServices;

namespace Telar.Internal.Native;

/// <summary>Options of TCP sockets that only cost time when they fail, so that a failure is no matter.</summary>
internal static unsafe class TcpOptions
{
    /// <summary>Sends each message at once, in place of holding it back until the last one is acknowledged.</summary>
    internal static void SendAtOnce(SafeHandle socket) => Set(socket, Interop.Libc.TCP_NODELAY);

    /// <summary>
    /// Acknowledges at once for a while. A peer that holds messages back until then, as CPython does, would else wait 40 ms for it.
    /// </summary>
    internal static void AcknowledgeAtOnce(SafeHandle socket) => Set(socket, Interop.Libc.TCP_QUICKACK);

    private static void Set(SafeHandle socket, int option)
    {
        int on = 1;
        _ = Interop.Libc.setsockopt(socket, Interop.Libc.IPPROTO_TCP, option, &on, sizeof(int));
    }
}
