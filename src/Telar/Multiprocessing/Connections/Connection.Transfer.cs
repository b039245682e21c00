using System.Runtime.InteropServices;
using Telar.Internal.Native;
using Telar.Internal.Waiting;

namespace Telar.Multiprocessing;

/// <content>Moves whole messages. The callers are the one sender and the one receiver.</content>
public sealed partial class Connection
{
    private readonly byte[] _outgoingHeader = new byte[MessageHeader.LongSize];

    private void SendMessage(
        ReadOnlySpan<byte> payload, ReadOnlySpan<SafeHandle> descriptors, WaitDeadline deadline, CancellationToken cancellationToken) =>
        SendAll(MessageHeader.Write(_outgoingHeader, payload.Length), payload, descriptors, deadline, cancellationToken);

    private ValueTask SendMessageAsync(
        ReadOnlyMemory<byte> payload, SafeHandle[] descriptors, WaitDeadline deadline, CancellationToken cancellationToken) =>
        SendAllAsync(MessageHeader.Write(_outgoingHeader, payload.Length), payload, descriptors, deadline, cancellationToken);

    /// <summary>Sends so many bytes of <see cref="_outgoingHeader"/>, and what follows.</summary>
    private void SendAll(
        int headerLength, ReadOnlySpan<byte> payload, ReadOnlySpan<SafeHandle> descriptors, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long sent = 0;
        try
        {
            while ((sent += TrySendPart(payload, headerLength, sent, descriptors)) < (long)headerLength + payload.Length)
            {
                if (deadline.IsOver || !_waiter.WaitWritable(deadline, cancellationToken))
                {
                    throw SendTimedOut(payload.Length);
                }
            }
        }
        finally
        {
            NoteTornMessage(sent, headerLength, payload.Length);
        }
    }

    private async ValueTask SendAllAsync(
        int headerLength, ReadOnlyMemory<byte> payload, SafeHandle[] descriptors, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long sent = 0;
        try
        {
            while ((sent += TrySendPart(payload.Span, headerLength, sent, descriptors)) < (long)headerLength + payload.Length)
            {
                if (deadline.IsOver || !await _waiter.WaitWritableAsync(deadline, cancellationToken).ConfigureAwait(false))
                {
                    throw SendTimedOut(payload.Length);
                }
            }
        }
        finally
        {
            NoteTornMessage(sent, headerLength, payload.Length);
        }
    }

    private int TrySendPart(ReadOnlySpan<byte> payload, int headerLength, long sent, ReadOnlySpan<SafeHandle> descriptors) => SocketIO.TrySend(
        _handle,
        sent < headerLength ? _outgoingHeader.AsSpan((int)sent, headerLength - (int)sent) : default,
        payload[(int)Math.Max(0, sent - headerLength)..],
        sent == 0 ? descriptors : default);

    private void NoteTornMessage(long sent, int headerLength, int length)
    {
        if (sent > 0 && sent < (long)headerLength + length)
        {
            Volatile.Write(
                ref _sendFault,
                $"Nothing can be sent on this connection ({_name}) any more: an earlier message of {length} bytes left in part ({sent} of "
                + $"{(long)headerLength + length} bytes with its header) when its time was over, its token was cancelled or the socket failed. "
                + "Receiving goes on; to send, make a new connection.");
        }
    }

    private TimeoutException SendTimedOut(int length) => new(
        $"A message of {length} bytes did not leave on this connection ({_name}) in time: the other end does not read, and the socket is full. "
        + $"If {nameof(CanWrite)} is true, nothing of it has left, and it may be sent again.");

    /// <summary>Waits until a whole message lies in <see cref="_incoming"/>.</summary>
    private void Receive(int limit, bool own, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!TryReceive(limit, own))
        {
            WaitForMore(deadline, cancellationToken);
        }
    }

    private async ValueTask ReceiveAsync(int limit, bool own, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!TryReceive(limit, own))
        {
            await WaitForMoreAsync(deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    private void WaitForMore(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        if (deadline.IsOver || !_waiter.WaitReadable(deadline, cancellationToken))
        {
            throw ReceiveTimedOut();
        }
    }

    private async ValueTask WaitForMoreAsync(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        if (deadline.IsOver || !await _waiter.WaitReadableAsync(deadline, cancellationToken).ConfigureAwait(false))
        {
            throw ReceiveTimedOut();
        }
    }

    private bool TryReceive(int limit, bool own)
    {
        while (true)
        {
            if (_incoming.IsSized && !_incoming.HasPayload)
            {
                BeginPayload(limit, own);
            }

            if (_incoming.IsComplete)
            {
                return true;
            }

            int count = ReceivePart(_incoming.GetFree());
            if (count < 0)
            {
                return false;
            }

            Advance(count);
        }
    }

    private int ReceivePart(Span<byte> free)
    {
        int count = SocketIO.TryReceive(_handle, free, _arrived.All);
        if (_arrived.All.Count > SocketIO.MaxDescriptors)
        {
            _arrived.Clear();
            throw StopReceiving(new InvalidDataException($"More than {SocketIO.MaxDescriptors} descriptors came with one message on this connection ({_name}). Close it."));
        }

        return count != 0 ? count
            : _incoming.IsEmpty ? throw new EndOfStreamException($"The other end of this connection ({_name}) is closed, and all that it had sent was received.")
            : throw new IOException(
                $"The stream of this connection ({_name}) ended within a message, after {_incoming.Progress}: the process at the other end died, or closed it while it was sending.");
    }

    private void Advance(int count)
    {
        try
        {
            _incoming.Advance(count);
        }
        catch (InvalidDataException exception)
        {
            throw StopReceiving(exception);
        }
    }

    private void BeginPayload(int limit, bool own)
    {
        int most = Math.Min(limit, Array.MaxLength);
        if (_incoming.Length > (ulong)most)
        {
            throw StopReceiving(new IOException(
                $"A message of {_incoming.Length} bytes came on this connection ({_name}) where at most {most} are taken, so nothing more is received from it. "
                + $"Raise the maxLength of the call, or {nameof(MaxMessageLength)}, if such messages are meant to come, and make a new connection."));
        }

        _incoming.BeginPayload(own);
    }

    private Exception StopReceiving(Exception cause)
    {
        Volatile.Write(ref _receiveFault, cause.Message);
        return cause;
    }

    private TimeoutException ReceiveTimedOut() => new(
        _incoming.IsEmpty
            ? $"No message came on this connection ({_name}) in time."
            : $"No whole message came on this connection ({_name}) in time, only {_incoming.Progress}. They are kept: the next receive goes on from there.");
}
