using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Waiting;

namespace Telar.Internal.Framing;

/// <summary>One end of a connected Unix stream socket that carries frames, and descriptors with them.</summary>
// Invariants
//   I1  The descriptor of a frame's out-of-band data is sent with the frame's first byte. The kernel never joins bytes of two
//       messages that carry descriptors, so descriptors arrive in the order of the frames that announce them.
// Ownership
//   One thread may send while another receives; neither side is shared by two threads. The buffers and unread descriptors
//   go with Dispose, the socket too.
internal sealed class FrameSocket(SafeHandle handle) : IDisposable
{
    private const int MaxUnclaimedDescriptors = 16;

    private readonly FrameBuffer _received = new();

    // In the order of the frames that announce them; null stands for one that was sent, but for which this process had no room.
    private readonly List<SafeFileHandle?> _descriptors = [];

    public SafeHandle Handle => handle;

    /// <summary>Sends one frame whole; waits while the other side does not read.</summary>
    /// <param name="header">The header; its length is that of <paramref name="payload"/>.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="blobs">The descriptor that goes with the frame, where the header announces one.</param>
    /// <exception cref="IOException">The other side has closed.</exception>
    public void Send(FrameHeader header, ReadOnlySpan<byte> payload, SafeFileHandle? blobs = null)
    {
        Span<byte> head = stackalloc byte[FrameHeader.Size];
        header.Write(head);
        int sent = 0;
        while (sent < head.Length + payload.Length)
        {
            sent += SocketIO.Send(
                handle,
                sent < head.Length ? head[sent..] : default,
                payload[Math.Max(0, sent - head.Length)..],
                sent == 0 && blobs is not null ? [blobs] : []);
        }
    }

    /// <summary>Sends what the kernel takes now.</summary>
    /// <param name="bytes">Bytes of whole frames, or the rest of one.</param>
    /// <param name="blobs">Sent with the first byte; it begins a frame that announces it.</param>
    /// <returns>How many bytes went; 0 when the kernel takes none now.</returns>
    /// <exception cref="IOException">The other side has closed.</exception>
    public int TrySend(ReadOnlySpan<byte> bytes, SafeFileHandle? blobs) =>
        SocketIO.TrySend(handle, bytes, default, blobs is null ? [] : [blobs]);

    /// <summary>Waits for the next frame.</summary>
    /// <returns>False when the other side has closed after a whole frame.</returns>
    /// <exception cref="InvalidDataException">What came is no frame, or breaks off within one.</exception>
    public bool ReceiveFrame(out FrameHeader header, out ReadOnlyMemory<byte> payload)
    {
        while (!_received.TryTake(out header, out payload))
        {
            if (Receive(wait: true) == ReceiveResult.Closed)
            {
                return EndsBetweenFrames();
            }
        }

        return true;
    }

    /// <summary>Waits for the next frame, but no longer than a time limit.</summary>
    /// <returns>False when the other side has closed after a whole frame.</returns>
    /// <exception cref="TimeoutException">No whole frame had come in time; what came of it is kept.</exception>
    /// <exception cref="InvalidDataException">What came is no frame, or breaks off within one.</exception>
    public bool ReceiveFrame(TimeSpan timeout, out FrameHeader header, out ReadOnlyMemory<byte> payload)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        while (!_received.TryTake(out header, out payload))
        {
            switch (Receive(wait: false))
            {
                case ReceiveResult.Closed:
                    return EndsBetweenFrames();
                case ReceiveResult.Nothing:
                    if (deadline.IsOver)
                    {
                        throw new TimeoutException($"The other process sent nothing for {timeout.TotalSeconds:0.##} s.");
                    }

                    _ = DescriptorIO.WaitReadable(handle, deadline.RemainingMilliseconds);
                    break;
            }
        }

        return true;
    }

    /// <summary>Takes in what has arrived, without waiting; frames come out of <see cref="TryTake"/>.</summary>
    public ReceiveResult TryReceive() => Receive(wait: false);

    /// <summary>Takes the next whole frame that has arrived.</summary>
    public bool TryTake(out FrameHeader header, out ReadOnlyMemory<byte> payload) => _received.TryTake(out header, out payload);

    /// <summary>Whether a second frame, or a part of it, has arrived with the next one.</summary>
    public bool HoldsSeveralFrames => _received.HoldsSeveralFrames;

    /// <summary>Takes the descriptor of the out-of-band data that the frame taken last announced.</summary>
    /// <exception cref="InvalidDataException">The frame announced data that did not come with it.</exception>
    /// <exception cref="IOException">This process had no descriptor free to receive it; the stream is in order.</exception>
    public SafeFileHandle TakeBlobs()
    {
        if (_descriptors is not [var descriptor, ..])
        {
            throw new InvalidDataException("A frame announced out-of-band data, but no descriptor came with it.");
        }

        _descriptors.RemoveAt(0);
        return descriptor ?? throw NativeError.Exception(Interop.Errno.EMFILE, "Receiving the big buffers of a message failed");
    }

    public void Dispose()
    {
        handle.Dispose();
        _received.Dispose();
        _descriptors.ForEach(static descriptor => descriptor?.Dispose());
        _descriptors.Clear();
    }

    /// <returns>False, as the answer to whoever waits for a frame.</returns>
    private bool EndsBetweenFrames() => _received.Count == 0
        ? false
        : throw new InvalidDataException($"The stream ended within a frame, after {_received.Count} bytes of it.");

    private ReceiveResult Receive(bool wait)
    {
        Span<byte> free = _received.GetFree().Span;
        int count = wait ? SocketIO.Receive(handle, free, _descriptors) : SocketIO.TryReceive(handle, free, _descriptors);
        if (_descriptors.Count > MaxUnclaimedDescriptors)
        {
            throw new InvalidDataException($"The other process sent {_descriptors.Count} descriptors that no frame announced.");
        }

        if (count <= 0)
        {
            return count == 0 ? ReceiveResult.Closed : ReceiveResult.Nothing;
        }

        _received.Advance(count);
        return ReceiveResult.Data;
    }
}
