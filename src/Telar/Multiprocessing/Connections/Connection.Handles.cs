using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Waiting;

namespace Telar.Multiprocessing;

/// <content>Descriptors by themselves, in CPython's form: one byte without a header, and the descriptor with it.</content>
public sealed partial class Connection
{
    private static readonly byte[] s_handleMark = [1];

    /// <summary>Sends a duplicate of a descriptor to the process at the other end, which takes it with <see cref="RecvHandle"/> or Python's <c>recv_handle</c>.</summary>
    /// <param name="handle">An open descriptor: a file, a socket, a pipe. It stays the caller's.</param>
    /// <param name="timeout">As for <see cref="SendBytes"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The other end may be on another machine, this end cannot send, or another thread is sending.</exception>
    /// <exception cref="TimeoutException">The descriptor did not leave in time. It may be sent again.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The descriptor has not left.</exception>
    /// <exception cref="IOException">The other end is closed, or an earlier message left in part.</exception>
    /// <exception cref="ObjectDisposedException">The connection, or the handle, is closed.</exception>
    /// <remarks>Python: <c>multiprocessing.reduction.send_handle</c>, which asks for the receiver's process id as well.</remarks>
    public void SendHandle(SafeHandle handle, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handle);
        WaitDeadline deadline = WaitDeadline.After(timeout);
        ThrowIfRemote();
        BeginSending();
        try
        {
            SendAll(headerLength: 0, s_handleMark, [handle], deadline, cancellationToken);
        }
        finally
        {
            EndSending();
        }
    }

    /// <summary>Sends a duplicate of a descriptor, without holding a thread while the other end does not read.</summary>
    /// <returns>A task that ends when the system has taken it.</returns>
    /// <inheritdoc cref="SendHandle"/>
    public async ValueTask SendHandleAsync(SafeHandle handle, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handle);
        WaitDeadline deadline = WaitDeadline.After(timeout);
        ThrowIfRemote();
        BeginSending();
        try
        {
            await SendAllAsync(headerLength: 0, s_handleMark, [handle], deadline, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            EndSending();
        }
    }

    /// <summary>Receives a descriptor that the other end sent with <see cref="SendHandle"/> or Python's <c>send_handle</c>.</summary>
    /// <param name="timeout">As for <see cref="RecvBytes"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The descriptor, which is the caller's and is not inherited by child processes.</returns>
    /// <exception cref="EndOfStreamException">The other end is closed, and everything it sent was received.</exception>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidDataException">What comes next is a message and no descriptor; this end cannot receive any more.</exception>
    /// <exception cref="IOException">This process had no descriptor free for it.</exception>
    /// <exception cref="InvalidOperationException">A part of a message has been received before, this end cannot receive, or another thread is receiving.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    /// <remarks>Python: <c>multiprocessing.reduction.recv_handle</c>.</remarks>
    public SafeFileHandle RecvHandle(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        BeginReceiving();
        try
        {
            SafeFileHandle? handle;
            while ((handle = TryReceiveHandle()) is null)
            {
                WaitForMore(deadline, cancellationToken);
            }

            return handle;
        }
        finally
        {
            EndReceiving();
        }
    }

    /// <summary>Awaits a descriptor from the other end.</summary>
    /// <inheritdoc cref="RecvHandle"/>
    public async ValueTask<SafeFileHandle> RecvHandleAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        BeginReceiving();
        try
        {
            SafeFileHandle? handle;
            while ((handle = TryReceiveHandle()) is null)
            {
                await WaitForMoreAsync(deadline, cancellationToken).ConfigureAwait(false);
            }

            return handle;
        }
        finally
        {
            EndReceiving();
        }
    }

    private void ThrowIfRemote()
    {
        if (!_isLocal)
        {
            throw new InvalidOperationException(
                $"Descriptors go over Unix sockets only, and this connection ({_name}) is none. Listen on Address.Unix, or use a Pipe.");
        }
    }

    private SafeFileHandle? TryReceiveHandle()
    {
        if (!_incoming.IsEmpty)
        {
            throw new InvalidOperationException($"A part of a message ({_incoming.Progress}) came before on this connection ({_name}): receive that message first.");
        }

        Span<byte> mark = stackalloc byte[s_handleMark.Length];
        if (ReceivePart(mark) < 0)
        {
            return null;
        }

        if (_arrived.All is not [var handle] || mark[0] != s_handleMark[0])
        {
            _arrived.Clear();
            throw StopReceiving(new InvalidDataException(
                $"A descriptor should come next on this connection ({_name}), but what came is a message, or more than one descriptor. Both sides must agree on the order; make a new connection."));
        }

        _arrived.All.Clear();
        return handle ?? throw NativeError.Exception(Interop.Errno.EMFILE, "Receiving a descriptor failed");
    }
}
