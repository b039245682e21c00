using Microsoft.Win32.SafeHandles;

namespace Telar.Internal.Framing;

/// <summary>Frames on their way to one worker: any thread appends and flushes, none ever waits for the worker to read.</summary>
// State machine of the flusher
//
//   idle --Flush, something to send--> sending --all gone--> idle
//                                         |
//                                         +-- the kernel takes no more --> blocked --Unblock (socket writable)--> sending
//
// Invariants
//   I1  Bytes leave in the order of Append. At most one thread sends; what others append meanwhile it sends too.
//   I2  A frame with out-of-band data is the first of its own transmission, so its descriptor goes with its first byte.
//   I3  After a failed transmission everything is dropped and the owner is told, once: the worker can no longer be relied on.
//   I4  _leaving belongs to the thread that sends; while blocked, and after Dispose, to whoever holds _gate.
// Locks
//   _gate is a leaf; no system call is made under it.
internal sealed class Outbox(FrameSocket socket, Action blocked, Action<Exception> failed, int partLimit = Outbox.LargestPart) : IDisposable
{
    /// <summary>No more than the largest frame is put together in one buffer, whatever waits: so its length cannot overflow.</summary>
    public const int LargestPart = FrameHeader.MaxLength + FrameHeader.Size;

    private readonly Lock _gate = new();
    private readonly Queue<OutboxPart> _full = new();
    private OutboxPart _filling = new();
    private bool _sending;
    private bool _blocked;
    private bool _broken;

    // Owned by the thread that sends.
    private OutboxPart _leaving = new();
    private int _sent;

    /// <summary>Adds a frame; <see cref="Flush"/> sends it.</summary>
    /// <param name="header">The header; its length is that of <paramref name="payload"/>.</param>
    /// <param name="payload">Copied.</param>
    /// <param name="blobs">Out-of-band data, null for none; a reference is held until the frame has left.</param>
    public void Append(FrameHeader header, ReadOnlySpan<byte> payload, SafeFileHandle? blobs)
    {
        lock (_gate)
        {
            if (_broken)
            {
                return;
            }

            if (_filling.Length > 0 && (long)_filling.Length + FrameHeader.Size + payload.Length > partLimit)
            {
                _full.Enqueue(_filling);
                _filling = new OutboxPart();
            }

            _filling.Append(header, payload, blobs);
        }
    }

    /// <summary>Sends what has been appended, as far as the kernel takes it now.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_sending || _broken || _filling.Length == 0)
            {
                return;
            }

            _sending = true;
        }

        Send();
    }

    /// <summary>The socket can take bytes again after <c>blocked</c> was called; else this does nothing.</summary>
    public void Unblock()
    {
        lock (_gate)
        {
            if (!_blocked || _broken)
            {
                return;
            }

            _blocked = false;
        }

        Send();
    }

    /// <summary>Drops what has not left. A transmission that is under way on another thread ends first.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Break_NeedsLock();
            if (!_sending || _blocked)
            {
                // Nobody sends, and nobody will.
                _leaving.Clear();
            }
        }
    }

    private void Send()
    {
        while (true)
        {
            if (!TakeNext())
            {
                return;
            }

            try
            {
                if (Transmit())
                {
                    continue;
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                bool told;
                lock (_gate)
                {
                    told = _broken;
                    Break_NeedsLock();
                    _leaving.Clear();
                    _sending = false;
                }

                if (!told)
                {
                    failed(exception);
                }

                return;
            }

            lock (_gate)
            {
                if (_broken)
                {
                    _leaving.Clear();
                    _sending = false;
                    return;
                }

                _blocked = true;
            }

            blocked();
            return;
        }
    }

    private bool TakeNext()
    {
        if (_sent < _leaving.Length)
        {
            return true;
        }

        lock (_gate)
        {
            _leaving.Clear();
            _sent = 0;
            if (_broken || (_full.Count == 0 && _filling.Length == 0))
            {
                _sending = false;
                return false;
            }

            if (_full.TryDequeue(out OutboxPart? next))
            {
                _leaving = next;
            }
            else
            {
                (_filling, _leaving) = (_leaving, _filling);
            }

            return true;
        }
    }

    private bool Transmit()
    {
        SafeFileHandle? blobs = _leaving.BlobsAt(_sent, out int end);
        int count = socket.TrySend(_leaving.Bytes(_sent, end), blobs);
        if (count == 0)
        {
            return false;
        }

        if (blobs is not null)
        {
            _leaving.ReleaseBlobs();
        }

        _sent += count;
        return true;
    }

    private void Break_NeedsLock()
    {
        _broken = true;
        _filling.Clear();
        while (_full.TryDequeue(out OutboxPart? part))
        {
            part.Clear();
        }
    }
}
