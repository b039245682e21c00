using System.Buffers;
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
//   I4  _leaving and its marks belong to the thread that sends; while blocked, and after Dispose, to whoever holds _gate.
// Locks
//   _gate is a leaf; no system call is made under it.
internal sealed class Outbox(FrameSocket socket, Action blocked, Action<Exception> failed) : IDisposable
{
    private const int InitialSize = 4096;

    private readonly Lock _gate = new();
    private readonly Queue<(int Position, SafeFileHandle Blobs)> _marks = new();
    private byte[] _filling = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _filled;
    private bool _sending;
    private bool _blocked;
    private bool _broken;

    // Owned by the thread that sends.
    private byte[] _leaving = ArrayPool<byte>.Shared.Rent(InitialSize);
    private readonly Queue<(int Position, SafeFileHandle Blobs)> _leavingMarks = new();
    private int _sent;
    private int _length;

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

            int needed = _filled + FrameHeader.Size + payload.Length;
            if (needed > _filling.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _filling.Length * 2));
                _filling.AsSpan(0, _filled).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_filling);
                _filling = larger;
            }

            if (blobs is not null)
            {
                // A reference of our own: the call may end, and dispose its data, before the frame has left.
                bool added = false;
                blobs.DangerousAddRef(ref added);
                _marks.Enqueue((_filled, blobs));
            }

            header.Write(_filling.AsSpan(_filled));
            payload.CopyTo(_filling.AsSpan(_filled + FrameHeader.Size));
            _filled = needed;
        }
    }

    /// <summary>Sends what has been appended, as far as the kernel takes it now.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_sending || _broken || _filled == 0)
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
                Release(_leavingMarks);
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
                    Release(_leavingMarks);
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
                    Release(_leavingMarks);
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
        if (_sent < _length)
        {
            return true;
        }

        lock (_gate)
        {
            if (_filled == 0 || _broken)
            {
                Release(_leavingMarks);
                _sending = false;
                return false;
            }

            (_filling, _leaving) = (_leaving, _filling);
            (_length, _sent, _filled) = (_filled, 0, 0);
            while (_marks.TryDequeue(out (int, SafeFileHandle) mark))
            {
                _leavingMarks.Enqueue(mark);
            }

            return true;
        }
    }

    private bool Transmit()
    {
        SafeFileHandle? blobs = null;
        int end = _length;
        foreach ((int position, SafeFileHandle descriptor) in _leavingMarks)
        {
            if (position != _sent)
            {
                // I2: the next frame with a descriptor begins a transmission of its own.
                end = position;
                break;
            }

            blobs = descriptor;
        }

        int count = socket.TrySend(_leaving.AsSpan(_sent, end - _sent), blobs);
        if (count == 0)
        {
            return false;
        }

        if (blobs is not null)
        {
            _leavingMarks.Dequeue();
            blobs.DangerousRelease();
        }

        _sent += count;
        return true;
    }

    private void Break_NeedsLock()
    {
        _broken = true;
        _filled = 0;
        Release(_marks);
    }

    private static void Release(Queue<(int Position, SafeFileHandle Blobs)> marks)
    {
        while (marks.TryDequeue(out (int, SafeFileHandle Blobs) mark))
        {
            mark.Blobs.DangerousRelease();
        }
    }
}
