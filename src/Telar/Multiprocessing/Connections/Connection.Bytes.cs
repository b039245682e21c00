using Telar.Internal.Native;
using Telar.Internal.Waiting;

namespace Telar.Multiprocessing;

/// <content>Messages of bytes, which go between Telar and CPython.</content>
public sealed partial class Connection
{
    /// <summary>Sends bytes as one message.</summary>
    /// <param name="bytes">The message; it may be empty.</param>
    /// <param name="timeout">How long to wait while the other end does not read; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> for ever, <see cref="TimeSpan.Zero"/> not at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">The message did not leave in time. If <see cref="CanWrite"/> is still true, nothing of it has left; otherwise a part has, and nothing more can be sent.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; what is left is as after <see cref="TimeoutException"/>.</exception>
    /// <exception cref="IOException">The other end is closed, or an earlier message left in part.</exception>
    /// <exception cref="InvalidOperationException">This end cannot send, or another thread is sending.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    /// <remarks>Python: <c>Connection.send_bytes</c>; in place of its offset and size, pass a slice.</remarks>
    public void SendBytes(ReadOnlySpan<byte> bytes, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginSending();
        try
        {
            SendMessage(bytes, [], deadline, cancellationToken);
        }
        finally
        {
            EndSending();
        }
    }

    /// <summary>Sends bytes as one message, without holding a thread while the other end does not read.</summary>
    /// <param name="bytes">The message; it must not change until the task has ended.</param>
    /// <param name="timeout">As for <see cref="SendBytes"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when the system has taken all of the message.</returns>
    /// <inheritdoc cref="SendBytes" path="/exception"/>
    /// <inheritdoc cref="SendBytes" path="/remarks"/>
    public async ValueTask SendBytesAsync(ReadOnlyMemory<byte> bytes, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginSending();
        try
        {
            await SendMessageAsync(bytes, [], deadline, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            EndSending();
        }
    }

    /// <summary>Receives one message as bytes.</summary>
    /// <param name="maxLength">The longest message in bytes that is taken in, 0 or more; <see langword="null"/> for <see cref="MaxMessageLength"/>.</param>
    /// <param name="timeout">How long to wait; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> for ever, <see cref="TimeSpan.Zero"/> not at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The message.</returns>
    /// <exception cref="EndOfStreamException">The other end is closed, and everything it sent was received.</exception>
    /// <exception cref="TimeoutException">No whole message came in time. What has come is kept for the next receive.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. What has come is kept for the next receive.</exception>
    /// <exception cref="IOException">The message is longer than it may be, or the stream ended within it. After the first, this end cannot receive any more.</exception>
    /// <exception cref="InvalidDataException">What came is no message; this end cannot receive any more.</exception>
    /// <exception cref="InvalidOperationException">This end cannot receive, or another thread is receiving.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    /// <remarks>Python: <c>Connection.recv_bytes</c>, which has no time-out.</remarks>
    public byte[] RecvBytes(int? maxLength = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        int limit = LimitOf(maxLength);
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginReceiving();
        try
        {
            Receive(limit, own: true, deadline, cancellationToken);
            return TakeBytes();
        }
        finally
        {
            EndReceiving();
        }
    }

    /// <summary>Awaits one message as bytes.</summary>
    /// <inheritdoc cref="RecvBytes"/>
    public async ValueTask<byte[]> RecvBytesAsync(int? maxLength = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        int limit = LimitOf(maxLength);
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginReceiving();
        try
        {
            await ReceiveAsync(limit, own: true, deadline, cancellationToken).ConfigureAwait(false);
            return TakeBytes();
        }
        finally
        {
            EndReceiving();
        }
    }

    /// <summary>Receives one message into a buffer.</summary>
    /// <param name="buffer">Filled from the start; for Python's offset pass a slice.</param>
    /// <param name="timeout">As for <see cref="RecvBytes"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The length of the message in bytes.</returns>
    /// <exception cref="BufferTooShortException">The message is longer than the buffer, and is in the exception.</exception>
    /// <inheritdoc cref="RecvBytes" path="/exception"/>
    /// <remarks>Python: <c>Connection.recv_bytes_into</c>.</remarks>
    public int RecvBytesInto(Span<byte> buffer, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginReceiving();
        try
        {
            Receive(MaxMessageLength, own: false, deadline, cancellationToken);
            return TakeInto(buffer);
        }
        finally
        {
            EndReceiving();
        }
    }

    /// <summary>Awaits one message and puts it into a buffer.</summary>
    /// <inheritdoc cref="RecvBytesInto"/>
    public async ValueTask<int> RecvBytesIntoAsync(Memory<byte> buffer, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginReceiving();
        try
        {
            await ReceiveAsync(MaxMessageLength, own: false, deadline, cancellationToken).ConfigureAwait(false);
            return TakeInto(buffer.Span);
        }
        finally
        {
            EndReceiving();
        }
    }

    /// <summary>Looks whether a receive would find something at once.</summary>
    /// <returns>True when a message, a part of one or the end of the stream is there; a receive may then still wait for the rest of a message.</returns>
    /// <inheritdoc cref="Poll(TimeSpan, CancellationToken)" path="/exception"/>
    /// <remarks>Python: <c>Connection.poll()</c>.</remarks>
    public bool Poll() => Poll(TimeSpan.Zero);

    /// <summary>Waits until a receive would find something at once.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever, <see cref="TimeSpan.Zero"/> to look only.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>True when a message, a part of one or the end of the stream is there; false when the time is over.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="IOException">This end cannot receive any more: see <see cref="RecvBytes"/>.</exception>
    /// <exception cref="InvalidOperationException">This end cannot receive, or another thread is receiving.</exception>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    /// <remarks>Python: <c>Connection.poll(timeout)</c>, where <c>None</c> is for ever and a negative number is zero.</remarks>
    public bool Poll(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginReceiving();
        try
        {
            bool isReady = IsReady();
            while (!isReady && !deadline.IsOver)
            {
                _ = _waiter.WaitReadable(deadline, cancellationToken);
                isReady = IsReady();
            }

            return isReady;
        }
        finally
        {
            EndReceiving();
        }
    }

    /// <summary>Awaits that a receive would find something at once.</summary>
    /// <inheritdoc cref="Poll(TimeSpan, CancellationToken)"/>
    public async ValueTask<bool> PollAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        BeginReceiving();
        try
        {
            bool isReady = IsReady();
            while (!isReady && !deadline.IsOver)
            {
                _ = await _waiter.WaitReadableAsync(deadline, cancellationToken).ConfigureAwait(false);
                isReady = IsReady();
            }

            return isReady;
        }
        finally
        {
            EndReceiving();
        }
    }

    // A part of a message may lie here since a receive that was given up.
    private bool IsReady() => !_incoming.IsEmpty || DescriptorIO.WaitReadable(_handle, timeoutMilliseconds: 0);

    private int LimitOf(int? maxLength)
    {
        if (maxLength is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(given, nameof(maxLength));
        }

        return maxLength ?? MaxMessageLength;
    }

    private byte[] TakeBytes()
    {
        _arrived.Clear();
        return _incoming.Take();
    }

    private int TakeInto(Span<byte> buffer)
    {
        _arrived.Clear();
        int length = _incoming.View.Length;
        if (length > buffer.Length)
        {
            throw new BufferTooShortException(_incoming.Take(), buffer.Length);
        }

        _incoming.View.Span.CopyTo(buffer);
        _incoming.Drop();
        return length;
    }
}
