using Microsoft.Win32.SafeHandles;
using Telar.CPython.Hosting;
using Telar.Multiprocessing;

namespace Telar.CPython.Members;

internal static class ConnectionMembers
{
    public static void AddTo(MemberTable members)
    {
        AddConnection(members);
        AddListener(members);
        AddHandshake(members);
    }

    private static void AddConnection(MemberTable members)
    {
        members.New("Connection_new", (int handle, bool canRead, bool canWrite) =>
            Connection.FromHandle(new SafeFileHandle(handle, ownsHandle: true), canRead, canWrite));
        members.Add("Pipe_create", (bool duplex) =>
        {
            (Connection first, Connection second) = Pipe.Create(duplex);
            return new object[] { first, second };
        });
        members.Add("Connection_is_closed", (Connection connection) => connection.IsClosed);
        members.Add("Connection_can_read", (Connection connection) => connection.CanRead);
        members.Add("Connection_can_write", (Connection connection) => connection.CanWrite);
        members.Add("Connection_fileno", (Connection connection) => connection.SafeHandle.DangerousGetHandle().ToInt64());
        members.Add("Connection_close", (Connection connection) => connection.Dispose());
        members.Add("Connection_send_bytes", (Connection connection, byte[] bytes) => connection.SendBytes(bytes));
        members.Add("Connection_recv_bytes", (Connection connection, long? maxLength) =>
            (ReadOnlyMemory<byte>)connection.RecvBytes(maxLength is { } limit ? (int)Math.Min(limit, int.MaxValue) : null));
        members.Add("Connection_recv_bytes_into", (Connection connection, int room) =>
        {
            byte[] buffer = new byte[room];
            try
            {
                return new object[] { true, (ReadOnlyMemory<byte>)buffer.AsMemory(0, connection.RecvBytesInto(buffer)) };
            }
            catch (BufferTooShortException exception)
            {
                return [false, exception.Bytes];
            }
        });
        members.Add("Connection_poll", (Connection connection, TimeSpan timeout) => connection.Poll(timeout));
        members.Add("Connection_send_handle", (Connection connection, int handle) =>
        {
            using var borrowed = new SafeFileHandle(handle, ownsHandle: false);
            connection.SendHandle(borrowed);
        });
        members.Add("Connection_recv_handle", (Connection connection) =>
        {
            SafeFileHandle received = connection.RecvHandle();
            long number = received.DangerousGetHandle().ToInt64();
            received.SetHandleAsInvalid(); // Python's from now on.
            return number;
        });
        members.Add("Connections_wait", (int[] handles, TimeSpan? timeout) =>
        {
            SafeFileHandle[] items = Array.ConvertAll(handles, static handle => new SafeFileHandle(handle, ownsHandle: false));
            IReadOnlyList<SafeFileHandle> ready = Connections.Wait(items, timeout);
            return ready.Select(item => (object?)Array.IndexOf(items, item)).ToArray();
        });
    }

    private static void AddListener(MemberTable members)
    {
        members.New("Address_inet_new", (string host, int port) => Address.Inet(host, port));
        members.New("Address_unix_new", (string path) => Address.Unix(path));
        members.New("ListenerOptions_new", (byte[] key, int backlog) => new ListenerOptions
        {
            AuthKey = key.Length == 0 ? null : AuthKey.FromBytes(key),
            Backlog = backlog,
        });
        members.New("Listener_new", (Address? address, ListenerOptions options) => new Listener(address, options));
        members.Add("Listener_address", (Listener listener) => Parts(listener.Address));
        members.Add("Listener_last_accepted", (Listener listener) => listener.LastAccepted is { } address ? Parts(address) : null);
        members.Add("Listener_accept", (Listener listener) => listener.Accept());
        members.Add("Listener_close", (Listener listener) => listener.Dispose());
        members.Add("Client_connect", (Address address, ListenerOptions options) => Client.Connect(address, options));
    }

    private static void AddHandshake(MemberTable members)
    {
        members.New("Handshake_new", (byte[] key, bool listens) => new Handshake(AuthKey.FromBytes(key), listens, allowMd5: false));
        members.Add("Handshake_begin", (Handshake handshake) => (ReadOnlyMemory<byte>)handshake.Begin());
        members.Add("Handshake_next", (Handshake handshake, byte[] message) =>
        {
            ReadOnlyMemory<byte> answer = handshake.Next(message);
            return new object?[] { answer, handshake.Fault };
        });
    }

    private static object?[] Parts(Address address) => [address.Kind.ToString(), address.Path, address.Port];
}
