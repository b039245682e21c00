using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;

namespace Telar.Internal.Framing;

/// <summary>One end of a connected Unix stream socket that carries frames, and descriptors with them.</summary>
// Invariants
//   I1  The descriptor of a frame's out-of-band data is sent with the frame's first byte. The kernel never joins bytes of two
//       messages that carry descriptors, so descriptors arrive in the order of the frames that announce them.
// Ownership
//   One thread may send while another receives; neither side is shared by two threads. The buffers and unread descriptors
//   go with Dispose, the socket too.
internal sealed unsafe class FrameSocket(SafeHandle handle) : IDisposable
{
    private const int MaxUnclaimedDescriptors = 16;

    // Room for one descriptor: its header, its number, and padding to a multiple of eight.
    private const int ControlSpace = 24;

    private readonly FrameBuffer _received = new();

    // Null stands for a descriptor that was sent, but for which this process had no room.
    private readonly Queue<SafeFileHandle?> _descriptors = new();

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
        int descriptor = blobs is null ? -1 : (int)blobs.DangerousGetHandle();
        int sent = 0;
        while (sent < head.Length + payload.Length)
        {
            int count = Transmit(
                sent < head.Length ? head[sent..] : default,
                payload[Math.Max(0, sent - head.Length)..],
                sent == 0 ? descriptor : -1,
                wait: true);
            sent += count;
        }
    }

    /// <summary>Sends what the kernel takes now.</summary>
    /// <param name="bytes">Bytes of whole frames, or the rest of one.</param>
    /// <param name="blobs">Sent with the first byte; it begins a frame that announces it.</param>
    /// <returns>How many bytes went; 0 when the kernel takes none now.</returns>
    /// <exception cref="IOException">The other side has closed.</exception>
    public int TrySend(ReadOnlySpan<byte> bytes, SafeFileHandle? blobs)
    {
        int descriptor = blobs is null ? -1 : (int)blobs.DangerousGetHandle();
        return Transmit(bytes, default, descriptor, wait: false);
    }

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
        long start = Stopwatch.GetTimestamp();
        while (!_received.TryTake(out header, out payload))
        {
            switch (Receive(wait: false))
            {
                case ReceiveResult.Closed:
                    return EndsBetweenFrames();
                case ReceiveResult.Nothing:
                    double left = Math.Ceiling((timeout - Stopwatch.GetElapsedTime(start)).TotalMilliseconds);
                    if (left <= 0)
                    {
                        throw new TimeoutException($"The other process sent nothing for {timeout.TotalSeconds:0.##} s.");
                    }

                    _ = DescriptorIO.WaitReadable(handle, (int)Math.Min(left, int.MaxValue));
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
        if (!_descriptors.TryDequeue(out SafeFileHandle? descriptor))
        {
            throw new InvalidDataException("A frame announced out-of-band data, but no descriptor came with it.");
        }

        return descriptor ?? throw NativeError.Exception(Interop.Errno.EMFILE, "Receiving the big buffers of a message failed");
    }

    public void Dispose()
    {
        handle.Dispose();
        _received.Dispose();
        while (_descriptors.TryDequeue(out SafeFileHandle? descriptor))
        {
            descriptor?.Dispose();
        }
    }

    /// <returns>False, as the answer to whoever waits for a frame.</returns>
    private bool EndsBetweenFrames() => _received.Count == 0
        ? false
        : throw new InvalidDataException($"The stream ended within a frame, after {_received.Count} bytes of it.");

    private ReceiveResult Receive(bool wait)
    {
        Memory<byte> free = _received.GetFree();
        byte* control = stackalloc byte[ControlSpace];
        fixed (byte* buffer = free.Span)
        {
            Interop.Libc.IoVector vector = new() { Start = buffer, Length = (nuint)free.Length };
            Interop.Libc.MessageHeader message = new()
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = ControlSpace,
            };
            int flags = Interop.Libc.MSG_CMSG_CLOEXEC | (wait ? 0 : Interop.Libc.MSG_DONTWAIT);
            while (true)
            {
                nint count = Interop.Libc.recvmsg(handle, &message, flags);
                if (count > 0)
                {
                    KeepDescriptors(control, (int)message.ControlLength, (message.Flags & Interop.Libc.MSG_CTRUNC) != 0);
                    _received.Advance((int)count);
                    return ReceiveResult.Data;
                }

                if (count == 0)
                {
                    return ReceiveResult.Closed;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Interop.Errno.EINTR:
                        continue;
                    case Interop.Errno.EAGAIN:
                        return ReceiveResult.Nothing;
                    case Interop.Errno.ECONNRESET:
                        // A peer killed with unread data in its socket; for us the same as its end.
                        return ReceiveResult.Closed;
                    case int error:
                        throw new IOException($"Receiving from the other process failed: {Marshal.GetPInvokeErrorMessage(error)}.");
                }
            }
        }
    }

    private void KeepDescriptors(byte* control, int length, bool truncated)
    {
        int before = _descriptors.Count;
        for (int offset = 0; offset + sizeof(Interop.Libc.ControlMessageHeader) <= length;)
        {
            Interop.Libc.ControlMessageHeader* header = (Interop.Libc.ControlMessageHeader*)(control + offset);
            int size = (int)header->Length;
            if (size < sizeof(Interop.Libc.ControlMessageHeader) || offset + size > length)
            {
                return;
            }

            if (header->Level == Interop.Libc.SOL_SOCKET && header->Type == Interop.Libc.SCM_RIGHTS)
            {
                int* first = (int*)(control + offset + sizeof(Interop.Libc.ControlMessageHeader));
                for (int i = 0; i < (size - sizeof(Interop.Libc.ControlMessageHeader)) / sizeof(int); i++)
                {
                    _descriptors.Enqueue(new SafeFileHandle(first[i], ownsHandle: true));
                }
            }

            offset += (size + 7) & ~7;
        }

        if (truncated && _descriptors.Count == before)
        {
            _descriptors.Enqueue(null);
        }

        if (_descriptors.Count > MaxUnclaimedDescriptors)
        {
            throw new InvalidDataException($"The other process sent {_descriptors.Count} descriptors that no frame announced.");
        }
    }

    private int Transmit(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int descriptor, bool wait)
    {
        byte* control = stackalloc byte[ControlSpace];
        fixed (byte* one = first, two = second)
        {
            Interop.Libc.IoVector* vectors = stackalloc Interop.Libc.IoVector[2];
            vectors[0] = new() { Start = one, Length = (nuint)first.Length };
            vectors[1] = new() { Start = two, Length = (nuint)second.Length };
            Interop.Libc.MessageHeader message = new() { Vectors = vectors, VectorCount = 2 };
            if (descriptor >= 0)
            {
                Interop.Libc.ControlMessageHeader* header = (Interop.Libc.ControlMessageHeader*)control;
                header->Length = (nuint)(sizeof(Interop.Libc.ControlMessageHeader) + sizeof(int));
                header->Level = Interop.Libc.SOL_SOCKET;
                header->Type = Interop.Libc.SCM_RIGHTS;
                *(int*)(control + sizeof(Interop.Libc.ControlMessageHeader)) = descriptor;
                message.Control = control;
                message.ControlLength = ControlSpace;
            }

            int flags = Interop.Libc.MSG_NOSIGNAL | (wait ? 0 : Interop.Libc.MSG_DONTWAIT);
            while (true)
            {
                nint count = Interop.Libc.sendmsg(handle, &message, flags);
                if (count >= 0)
                {
                    return (int)count;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Interop.Errno.EINTR:
                        continue;
                    case Interop.Errno.EAGAIN when !wait:
                        return 0;
                    case int error:
                        throw new IOException($"Sending to the other process failed: {Marshal.GetPInvokeErrorMessage(error)}.");
                }
            }
        }
    }
}
