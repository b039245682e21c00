using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;

namespace Telar.Multiprocessing;

/// <summary>Takes clients from a listening socket.</summary>
internal static unsafe class AcceptedSocket
{
    private const int MaxAddressSize = 128;

    /// <summary>Takes the next client, without waiting.</summary>
    /// <param name="listener">A listening socket that does not block.</param>
    /// <param name="address">Where it listens, for messages.</param>
    /// <param name="maxMessageLength">For the connection.</param>
    /// <param name="peer">Where the client is; null when it has no address.</param>
    /// <returns>The connection; null when nobody is there any more.</returns>
    /// <exception cref="IOException">The system refused, for lack of descriptors most often.</exception>
    internal static Connection? TryTake(Socket listener, Address address, int maxMessageLength, out Address? peer)
    {
        byte* end = stackalloc byte[MaxAddressSize];
        uint size = MaxAddressSize;
        SafeFileHandle socket = Interop.Libc.accept4(listener.SafeHandle, end, &size, Interop.Libc.SOCK_CLOEXEC);
        if (socket.IsInvalid)
        {
            peer = null;
            int error = Marshal.GetLastPInvokeError();
            return error is Interop.Errno.EAGAIN or Interop.Errno.EINTR or Interop.Errno.ECONNABORTED
                ? null
                : throw NativeError.Exception(error, $"Accepting a client at {address} failed");
        }

        peer = null;
        if (address.Kind == AddressKind.Inet)
        {
            TcpOptions.SendAtOnce(socket);
            peer = Address.Of(EndOf(listener, new ReadOnlySpan<byte>(end, (int)size)));
        }

        return new Connection(socket, address.Kind == AddressKind.Unix, canRead: true, canWrite: true, $"from {peer?.ToString() ?? "a client"}, at {address}") { MaxMessageLength = maxMessageLength };
    }

    private static EndPoint EndOf(Socket listener, ReadOnlySpan<byte> native)
    {
        EndPoint own = listener.LocalEndPoint!; // not null: it listens
        var address = new SocketAddress(own.AddressFamily, native.Length);
        native.CopyTo(address.Buffer.Span);
        return own.Create(address);
    }
}
