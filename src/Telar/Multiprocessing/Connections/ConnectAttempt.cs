using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;

namespace Telar.Multiprocessing;

/// <summary>One attempt to connect to one end point, step by step, so that it can be made by a thread or by an await.</summary>
// Ownership
//   The socket is the attempt's until Take; Dispose closes it if nobody took it.
internal sealed unsafe class ConnectAttempt : IDisposable
{
    private const int FirstPauseMilliseconds = 1;
    private const int LongestPauseMilliseconds = 32;

    private readonly Address _address;
    private readonly SafeFileHandle _socket;
    private readonly byte[] _end;
    private int _pause = FirstPauseMilliseconds;
    private bool _taken;

    /// <exception cref="IOException">This process has no descriptors left.</exception>
    internal ConnectAttempt(Address address, EndPoint end)
    {
        _address = address;
        SocketAddress native = end.Serialize();
        _end = native.Buffer.Span[..native.Size].ToArray();
        int type = Interop.Libc.SOCK_STREAM | Interop.Libc.SOCK_CLOEXEC | Interop.Libc.SOCK_NONBLOCK;
        _socket = Interop.Libc.socket(MemoryMarshal.Read<ushort>(_end), type, 0);
        if (_socket.IsInvalid)
        {
            throw NativeError.LastException($"Making a socket to connect to {address} failed");
        }

        Waiter = new ReadyWaiter(_socket, this);
    }

    /// <summary>Waits for <see cref="ConnectStep.Answer"/>.</summary>
    internal ReadyWaiter Waiter { get; }

    /// <summary>Goes as far as it can without waiting.</summary>
    /// <exception cref="IOException">Nobody listens there, or the way there failed.</exception>
    internal ConnectStep Advance()
    {
        fixed (byte* end = _end)
        {
            if (Interop.Libc.connect(_socket, end, (uint)_end.Length) == 0)
            {
                return ConnectStep.Connected;
            }
        }

        int error = Marshal.GetLastPInvokeError();
        return error switch
        {
            Interop.Errno.EISCONN => ConnectStep.Connected,
            Interop.Errno.EINPROGRESS or Interop.Errno.EALREADY or Interop.Errno.EINTR => ConnectStep.Answer,
            Interop.Errno.EAGAIN => ConnectStep.Place,
            _ => throw NativeError.Exception(error, $"Connecting to {_address} failed"),
        };
    }

    /// <summary>How long to wait for a <see cref="ConnectStep.Place"/> before the next look: longer each time.</summary>
    internal TimeSpan NextPause()
    {
        int pause = _pause;
        _pause = Math.Min(_pause * 2, LongestPauseMilliseconds);
        return TimeSpan.FromMilliseconds(pause);
    }

    /// <summary>Makes the connection of the connected socket.</summary>
    internal Connection Take(int maxMessageLength)
    {
        DescriptorIO.SetBlocking(_socket);
        if (_address.Kind == AddressKind.Inet)
        {
            TcpOptions.SendAtOnce(_socket);
        }

        _taken = true;
        return new Connection(_socket, _address.Kind == AddressKind.Unix, canRead: true, canWrite: true, $"to {_address}") { MaxMessageLength = maxMessageLength };
    }

    public void Dispose()
    {
        if (!_taken)
        {
            _socket.Dispose();
        }
    }
}
