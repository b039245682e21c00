using System.Net;
using System.Net.Sockets;

namespace Telar.Multiprocessing;

/// <summary>Opens the socket of a <see cref="Listener"/>.</summary>
internal static class ListeningSocket
{
    /// <summary>Begins to listen.</summary>
    /// <param name="address">Where.</param>
    /// <param name="backlog">How many clients the system keeps waiting.</param>
    /// <returns>The socket, which does not block.</returns>
    /// <exception cref="IOException">The address is in use or not this machine's, or the system refused it.</exception>
    internal static Socket Open(Address address, int backlog)
    {
        EndPoint end = address.Kind == AddressKind.Unix ? address.UnixEnd() : new IPEndPoint(HostOf(address), address.Port);
        var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(end);
            socket.Listen(backlog);
            socket.Blocking = false;
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            string advice = exception.SocketErrorCode != SocketError.AddressAlreadyInUse ? ""
                : address.Kind == AddressKind.Unix && !address.IsAbstract ? " If no listener is alive there, a dead one has left the file: remove it."
                : " Another listener is there; port 0 takes a free one.";
            throw new IOException($"Listening at {address} failed: {exception.Message}.{advice}", exception);
        }
    }

    private static IPAddress HostOf(Address address)
    {
        if (address.Path.Length == 0)
        {
            return IPAddress.Any;
        }

        IPAddress[] all = HostNames.Find(address, "Listening at");
        return all.FirstOrDefault(host => host.AddressFamily == AddressFamily.InterNetwork) ?? all[0];
    }
}
