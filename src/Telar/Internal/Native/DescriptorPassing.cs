using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar.Internal.Native;

/// <summary>Sends open descriptors to another process, through a Unix socket.</summary>
internal static class DescriptorPassing
{
    /// <summary>The most descriptors that one message carries.</summary>
    internal const int MaxDescriptors = 32;

    private const int HeaderSize = 16;
    private const int ControlSize = HeaderSize + (MaxDescriptors * sizeof(int));

    /// <summary>Sends bytes with descriptors attached. The receiver gets copies; ours stay open.</summary>
    /// <param name="socket">A connected Unix stream socket.</param>
    /// <param name="data">At least one byte: descriptors do not travel alone.</param>
    /// <param name="descriptors">At most <see cref="MaxDescriptors"/>.</param>
    /// <exception cref="IOException">The send failed; EPIPE when the other side has ended.</exception>
    internal static unsafe void Send(SafeHandle socket, ReadOnlySpan<byte> data, ReadOnlySpan<SafeHandle> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfZero(data.Length, nameof(data));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors, nameof(descriptors));
        int held = 0;
        byte* control = stackalloc byte[ControlSize];
        try
        {
            foreach (SafeHandle descriptor in descriptors)
            {
                bool added = false;
                descriptor.DangerousAddRef(ref added);
                ((int*)(control + HeaderSize))[held++] = (int)descriptor.DangerousGetHandle();
            }

            fixed (byte* start = data)
            {
                var vector = new Interop.Libc.IoVector { Start = start, Length = (nuint)data.Length };
                var message = new Interop.Libc.MessageHeader { Vectors = &vector, VectorCount = 1 };
                if (held > 0)
                {
                    int length = HeaderSize + (held * sizeof(int));
                    *(Interop.Libc.ControlMessageHeader*)control = new Interop.Libc.ControlMessageHeader
                    {
                        Length = (nuint)length,
                        Level = Interop.Libc.SOL_SOCKET,
                        Type = Interop.Libc.SCM_RIGHTS,
                    };
                    message.Control = control;
                    message.ControlLength = (nuint)((length + 7) & ~7);
                }

                // The descriptors go with the first byte. Should a signal cut the message short, the rest goes plainly.
                nint sent = SendMessage(socket, &message);
                message.Control = null;
                message.ControlLength = 0;
                for (nint total = sent; total < data.Length; total += sent)
                {
                    vector.Start = start + total;
                    vector.Length = (nuint)(data.Length - total);
                    sent = SendMessage(socket, &message);
                }
            }
        }
        finally
        {
            for (int i = 0; i < held; i++)
            {
                descriptors[i].DangerousRelease();
            }
        }
    }

    /// <summary>Receives bytes and the descriptors that came with them.</summary>
    /// <param name="socket">A connected Unix stream socket.</param>
    /// <param name="buffer">Filled from the start.</param>
    /// <param name="descriptors">The descriptors are added here, close-on-exec; the caller disposes them.</param>
    /// <returns>The number of bytes; 0 is the end.</returns>
    /// <exception cref="IOException">The receive failed, or the sender attached more than <see cref="MaxDescriptors"/>.</exception>
    internal static unsafe int Receive(SafeHandle socket, Span<byte> buffer, ICollection<SafeFileHandle> descriptors)
    {
        ArgumentNullException.ThrowIfNull(descriptors);
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* start = buffer)
        {
            var vector = new Interop.Libc.IoVector { Start = start, Length = (nuint)buffer.Length };
            var message = new Interop.Libc.MessageHeader
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = ControlSize,
            };
            nint count;
            while ((count = Interop.Libc.recvmsg(socket, &message, Interop.Libc.MSG_CMSG_CLOEXEC)) < 0)
            {
                if (Marshal.GetLastPInvokeError() != Interop.Errno.EINTR)
                {
                    throw NativeError.LastException("Receiving from a socket failed");
                }
            }

            Collect(control, (int)message.ControlLength, descriptors);
            if ((message.Flags & Interop.Libc.MSG_CTRUNC) != 0)
            {
                throw new IOException(
                    "A message came with descriptors that could not all be received: there were more than "
                    + $"{MaxDescriptors}, or this process may open no more ('ulimit -n').");
            }

            return (int)count;
        }
    }

    private static unsafe void Collect(byte* control, int length, ICollection<SafeFileHandle> descriptors)
    {
        int offset = 0;
        while (offset + HeaderSize <= length)
        {
            var header = (Interop.Libc.ControlMessageHeader*)(control + offset);
            int size = (int)header->Length;
            if (size < HeaderSize)
            {
                return;
            }

            if (header->Level == Interop.Libc.SOL_SOCKET && header->Type == Interop.Libc.SCM_RIGHTS)
            {
                var numbers = new ReadOnlySpan<int>(control + offset + HeaderSize, (size - HeaderSize) / sizeof(int));
                foreach (int number in numbers)
                {
                    descriptors.Add(new SafeFileHandle(number, ownsHandle: true));
                }
            }

            offset += (size + 7) & ~7;
        }
    }

    private static unsafe nint SendMessage(SafeHandle socket, Interop.Libc.MessageHeader* message)
    {
        nint sent;
        while ((sent = Interop.Libc.sendmsg(socket, message, Interop.Libc.MSG_NOSIGNAL)) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interop.Errno.EINTR)
            {
                throw NativeError.LastException("Sending to a socket failed");
            }
        }

        return sent;
    }
}
