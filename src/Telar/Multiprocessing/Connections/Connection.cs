using System.Diagnostics;
using System.Runtime.InteropServices;
using Telar.Internal.Native;
using Telar.Internal.Waiting;
using Telar.Serialization;

namespace Telar.Multiprocessing;

// What a message looks like, who may send what to whom, and what is left after each fault: docs/reference/connections.md.
//
// Invariants
//   I1  One thread sends at a time and one receives: _sending and _receiving. A second one gets an exception, never a torn message.
//   I2  _sendFault is set as soon as a message has left in part and its rest will not follow; after it nothing is sent. _receiveFault
//       is set when the next message cannot be found in the stream; after it nothing is received. Each is looked at by who has the turn.
//   I3  What has come of a message stays in _incoming and _arrived when a receive is given up; the next receive goes on there.
//   I4  Nothing beyond the message that is being received has left the kernel, so the descriptor tells the truth to Wait and to
//       whoever is sent it.
// Locks
//   None. _sending and _receiving are taken by Interlocked.CompareExchange and given back by Volatile.Write, which pairs with the next
//   taking: what they guard passes from one thread to the next.
// Ownership
//   The descriptor is this object's; Dispose ends the waits of other threads first.

/// <summary>One end of a connection between two processes, or two threads: whole messages, in order, in one direction or both.</summary>
/// <remarks>
/// <para>
/// Made by <see cref="Pipe.Create(bool)"/>, <see cref="Client"/> and <see cref="Listener"/>. Messages of bytes go between Telar and CPython in
/// both directions. Values (<see cref="Send{T}"/>) go between .NET programs of the same build; a pickle from Python is refused with a
/// message that says so.
/// </para>
/// <para>
/// It can be captured by a call of a process pool and sent through another connection of the same machine: the other process then has an
/// end of its own, and this one stays open until it is disposed.
/// </para>
/// <para>Python: <c>multiprocessing.connection.Connection</c>. Linux only.</para>
/// <para>
/// <b>Thread safety.</b> One thread may send while another receives. A second sender or a second receiver gets an
/// <see cref="InvalidOperationException"/>, and the messages stay whole. <see cref="Dispose"/> may be called at any time: who waits gets an
/// <see cref="ObjectDisposedException"/>. <b>Processes.</b> Two processes must not use the same end at once.
/// </para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class Connection : IWaitable, IHandleSendable<Connection>, IDisposable
{
    internal const int DefaultMaxMessageLength = 1 << 30;

    private readonly SafeHandle _handle;
    private readonly ReadyWaiter _waiter;
    private readonly IncomingMessage _incoming = new();
    private readonly ArrivedDescriptors _arrived = new();
    private readonly bool _isLocal;
    private readonly string _name;
    private readonly bool _canReceive;
    private readonly bool _canSend;
    private int _maxMessageLength = DefaultMaxMessageLength;
    private int _sending;
    private int _receiving;
    private int _closed;
    private string? _sendFault;
    private string? _receiveFault;

    /// <param name="socket">Connected; the connection's from now on.</param>
    /// <param name="isLocal">Whether it is a Unix socket: descriptors can go along.</param>
    /// <param name="canRead">Whether the connection may receive.</param>
    /// <param name="canWrite">Whether it may send.</param>
    /// <param name="name">For messages.</param>
    internal Connection(SafeHandle socket, bool isLocal, bool canRead, bool canWrite, string name)
    {
        _handle = socket;
        _waiter = new ReadyWaiter(socket, this);
        _isLocal = isLocal;
        _canReceive = canRead;
        _canSend = canWrite;
        _name = name;
    }

    internal string Name => _name;

    /// <summary>Gets whether this end can receive: false for the sending end of a one-way pipe, and after a message that was too long.</summary>
    /// <remarks>Python: <c>Connection.readable</c>.</remarks>
    public bool CanRead => _canReceive && Volatile.Read(ref _receiveFault) is null && !IsClosed;

    /// <summary>Gets whether this end can send: false for the receiving end of a one-way pipe, and after a message that left in part only.</summary>
    /// <remarks>Python: <c>Connection.writable</c>.</remarks>
    public bool CanWrite => _canSend && Volatile.Read(ref _sendFault) is null && !IsClosed;

    /// <summary>Gets whether <see cref="Dispose"/> was called.</summary>
    /// <remarks>Python: <c>Connection.closed</c>.</remarks>
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Gets the socket, which is this object's: it must not be closed, nor read or written beside this object.</summary>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    /// <remarks>Python: <c>Connection.fileno</c>.</remarks>
    public SafeHandle SafeHandle
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return _handle;
        }
    }

    /// <summary>Gets or sets the longest message in bytes that is taken in when a call names no limit of its own, 0 or more.</summary>
    /// <value>Default: 1 GiB. A longer message ends receiving before any memory is taken for it. Python has no limit.</value>
    public int MaxMessageLength
    {
        get => Volatile.Read(ref _maxMessageLength);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            Volatile.Write(ref _maxMessageLength, value);
        }
    }

    /// <summary>Makes a connection of a socket that came in another way: inherited, or received with <see cref="RecvHandle"/>.</summary>
    /// <param name="socket">A connected stream socket. It is the connection's from now on.</param>
    /// <param name="canRead">Whether the connection may receive.</param>
    /// <param name="canWrite">Whether the connection may send; at least one of the two.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">It is no socket, or may do neither. The handle stays the caller's.</exception>
    /// <remarks>Python: <c>Connection(handle, readable, writable)</c>, which takes pipes too.</remarks>
    public static Connection FromHandle(SafeHandle socket, bool canRead = true, bool canWrite = true)
    {
        ConnectionPlatform.ThrowIfMissing();
        ArgumentNullException.ThrowIfNull(socket);
        if (!canRead && !canWrite)
        {
            throw new ArgumentException("A connection that may neither receive nor send is of no use: make canRead or canWrite true.", nameof(canRead));
        }

        int family = SocketIO.FamilyOf(socket);
        if (family < 0)
        {
            throw new ArgumentException(
                $"Descriptor {socket.DangerousGetHandle()} is no socket, and a connection needs a connected stream socket. "
                + "In place of a pipe(2) make a pair of sockets, as Pipe.Create does for one-way pipes too.",
                nameof(socket));
        }

        return new Connection(socket, family == Interop.Libc.AF_UNIX, canRead, canWrite, $"descriptor {socket.DangerousGetHandle()}");
    }

    /// <summary>Closes this end. What was sent before still arrives; the other end then finds the end of the stream.</summary>
    /// <remarks>
    /// Other threads that wait in this connection get an <see cref="ObjectDisposedException"/>. May be called again.
    /// Python: <c>Connection.close</c>.
    /// </remarks>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        _waiter.Close();
        _handle.Dispose();
        if (Interlocked.CompareExchange(ref _receiving, 1, 0) == 0)
        {
            ReleaseReceived();
        }
    }

    /// <summary>Says which connection this is.</summary>
    /// <returns>The name, and whether it is open, for people.</returns>
    public override string ToString() => $"Connection ({_name}{(IsClosed ? ", closed" : "")})";

    /// <summary>Tells the other machine at once that its next message has come: see <see cref="TcpOptions.AcknowledgeAtOnce"/>.</summary>
    internal void AcknowledgeAtOnce()
    {
        if (!_isLocal)
        {
            TcpOptions.AcknowledgeAtOnce(SafeHandle);
        }
    }

    private void BeginSending()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (!_canSend)
        {
            throw new InvalidOperationException($"This end ({_name}) can only receive: it is the first of Pipe.Create(duplex: false). Send on the other end.");
        }

        if (Interlocked.CompareExchange(ref _sending, 1, 0) != 0)
        {
            throw new InvalidOperationException(
                $"Another thread is sending on this connection ({_name}). One thread may send at a time: put a lock around Send, or give each thread a connection.");
        }

        if (_sendFault is { } fault)
        {
            EndSending();
            throw new IOException(fault);
        }
    }

    private void EndSending() => Volatile.Write(ref _sending, 0);

    private void BeginReceiving()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (!_canReceive)
        {
            throw new InvalidOperationException($"This end ({_name}) can only send: it is the second of Pipe.Create(duplex: false). Receive on the other end.");
        }

        if (Interlocked.CompareExchange(ref _receiving, 1, 0) != 0)
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            throw new InvalidOperationException(
                $"Another thread is receiving on this connection ({_name}). One thread may receive at a time: put a lock around Recv, or give each thread a connection.");
        }

        if (_receiveFault is { } fault)
        {
            EndReceiving();
            throw new IOException(fault);
        }
    }

    private void EndReceiving()
    {
        if (IsClosed)
        {
            // Dispose came in between and left this to the one who was receiving; the flag stays taken.
            ReleaseReceived();
            return;
        }

        Volatile.Write(ref _receiving, 0);
        if (IsClosed && Interlocked.CompareExchange(ref _receiving, 1, 0) == 0)
        {
            ReleaseReceived();
        }
    }

    private void ReleaseReceived()
    {
        _incoming.Dispose();
        _arrived.Clear();
    }
}
