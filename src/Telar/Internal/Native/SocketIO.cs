using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar.Internal.Native;

/// <summary>Sends and receives on stream sockets, and descriptors with the bytes. Interrupted calls are taken up again.</summary>
/// <remarks>
/// The members named Try never wait, whatever the socket's mode. The mode is left alone because it belongs to the socket and not to the
/// descriptor: another process may hold it too.
/// </remarks>
internal static unsafe class SocketIO
{
    /// <summary>The most descriptors that go with one transmission; the kernel's own limit is 253.</summary>
    internal const int MaxDescriptors = 64;

    private static readonly int s_headerSize = sizeof(Interop.Libc.ControlMessageHeader);

    /// <summary>Sends what the kernel takes, and waits until it takes something.</summary>
    /// <returns>How many bytes went, above zero.</returns>
    /// <inheritdoc cref="TrySend"/>
    internal static int Send(
        SafeHandle socket, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<SafeHandle> descriptors = default) =>
        Send(socket, first, second, descriptors, flags: 0);

    /// <summary>Sends what the kernel takes now.</summary>
    /// <param name="socket">A connected stream socket.</param>
    /// <param name="first">What goes first.</param>
    /// <param name="second">What follows; not both are empty.</param>
    /// <param name="descriptors">They go with the first byte, so none go when the answer is 0.</param>
    /// <returns>How many bytes went; 0 when the kernel takes none now.</returns>
    /// <exception cref="IOException">The other side has closed (EPIPE, ECONNRESET), or the socket failed.</exception>
    internal static int TrySend(
        SafeHandle socket, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<SafeHandle> descriptors = default) =>
        Send(socket, first, second, descriptors, Interop.Libc.MSG_DONTWAIT);

    /// <summary>Receives what is there, and waits for the first byte.</summary>
    /// <returns>How many bytes came; 0 is the end.</returns>
    /// <inheritdoc cref="TryReceive"/>
    internal static int Receive(SafeHandle socket, Span<byte> buffer, List<SafeFileHandle?> descriptors) =>
        Receive(socket, buffer, descriptors, flags: 0);

    /// <summary>Receives what is there.</summary>
    /// <param name="socket">A connected stream socket.</param>
    /// <param name="buffer">Filled from the start; not empty.</param>
    /// <param name="descriptors">Takes the descriptors that come with the bytes; a <see langword="null"/> in it stands for some that were lost, because this process had no room for them.</param>
    /// <returns>How many bytes came; 0 is the end, also of a peer that had not read all that was sent to it; -1 says that nothing is there now.</returns>
    /// <exception cref="IOException">The socket failed.</exception>
    internal static int TryReceive(SafeHandle socket, Span<byte> buffer, List<SafeFileHandle?> descriptors) =>
        Receive(socket, buffer, descriptors, Interop.Libc.MSG_DONTWAIT);

    /// <summary>The family of a socket.</summary>
    /// <param name="handle">Any descriptor.</param>
    /// <returns>AF_UNIX, AF_INET ...; -1 when the descriptor is no socket.</returns>
    /// <exception cref="IOException">The system refused to say.</exception>
    internal static int FamilyOf(SafeHandle handle)
    {
        int family;
        uint size = sizeof(int);
        if (Interop.Libc.getsockopt(handle, Interop.Libc.SOL_SOCKET, Interop.Libc.SO_DOMAIN, &family, &size) == 0)
        {
            return family;
        }

        return Marshal.GetLastPInvokeError() == Interop.Errno.ENOTSOCK
            ? -1
            : throw NativeError.LastException("Asking a socket for its family failed");
    }

    private static int Send(
        SafeHandle socket, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<SafeHandle> descriptors, int flags)
    {
        byte* control = stackalloc byte[descriptors.IsEmpty ? 0 : Space(descriptors.Length)];
        int held = 0;
        try
        {
            int* numbers = (int*)(control + s_headerSize);
            for (; held < descriptors.Length; held++)
            {
                bool added = false;
                descriptors[held].DangerousAddRef(ref added);
                numbers[held] = (int)descriptors[held].DangerousGetHandle();
            }

            fixed (byte* one = first, two = second)
            {
                Interop.Libc.IoVector* vectors = stackalloc Interop.Libc.IoVector[2];
                vectors[0] = new() { Start = one, Length = (nuint)first.Length };
                vectors[1] = new() { Start = two, Length = (nuint)second.Length };
                Interop.Libc.MessageHeader message = new() { Vectors = vectors, VectorCount = 2 };
                if (held > 0)
                {
                    *(Interop.Libc.ControlMessageHeader*)control = new()
                    {
                        Length = (nuint)(s_headerSize + (held * sizeof(int))),
                        Level = Interop.Libc.SOL_SOCKET,
                        Type = Interop.Libc.SCM_RIGHTS,
                    };
                    message.Control = control;
                    message.ControlLength = (nuint)Space(held);
                }

                return Transmit(socket, &message, flags);
            }
        }
        finally
        {
            while (held > 0)
            {
                descriptors[--held].DangerousRelease();
            }
        }
    }

    private static int Transmit(SafeHandle socket, Interop.Libc.MessageHeader* message, int flags)
    {
        while (true)
        {
            nint count = Interop.Libc.sendmsg(socket, message, flags | Interop.Libc.MSG_NOSIGNAL);
            if (count >= 0)
            {
                return (int)count;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interop.Errno.EINTR:
                    continue;
                case Interop.Errno.EAGAIN when flags == Interop.Libc.MSG_DONTWAIT:
                    return 0;
                case int error:
                    throw NativeError.Exception(error, "Sending over a socket failed");
            }
        }
    }

    private static int Receive(SafeHandle socket, Span<byte> buffer, List<SafeFileHandle?> descriptors, int flags)
    {
        int space = Space(MaxDescriptors);
        byte* control = stackalloc byte[space];
        fixed (byte* start = buffer)
        {
            Interop.Libc.IoVector vector = new() { Start = start, Length = (nuint)buffer.Length };
            Interop.Libc.MessageHeader message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = (nuint)space };
            while (true)
            {
                nint count = Interop.Libc.recvmsg(socket, &message, flags | Interop.Libc.MSG_CMSG_CLOEXEC);
                if (count >= 0)
                {
                    TakeDescriptors(message, descriptors);
                    return (int)count;
                }

                switch (Marshal.GetLastPInvokeError())
                {
                    case Interop.Errno.EINTR:
                        continue;
                    case Interop.Errno.EAGAIN when flags == Interop.Libc.MSG_DONTWAIT:
                        return -1;
                    case Interop.Errno.ECONNRESET:
                        // Closed, or killed, with unread data in its socket: its end like any other.
                        return 0;
                    case int error:
                        throw NativeError.Exception(error, "Receiving from a socket failed");
                }
            }
        }
    }

    // The header, the numbers, and padding to a multiple of eight.
    private static int Space(int descriptors) => Padded(s_headerSize + (descriptors * sizeof(int)));

    private static int Padded(int size) => (size + 7) & ~7;

    private static void TakeDescriptors(in Interop.Libc.MessageHeader message, List<SafeFileHandle?> descriptors)
    {
        byte* control = (byte*)message.Control;
        int length = (int)message.ControlLength;
        for (int offset = 0; offset + s_headerSize <= length;)
        {
            Interop.Libc.ControlMessageHeader* header = (Interop.Libc.ControlMessageHeader*)(control + offset);
            int size = (int)header->Length;
            if (size < s_headerSize || offset + size > length)
            {
                break;
            }

            if (header->Level == Interop.Libc.SOL_SOCKET && header->Type == Interop.Libc.SCM_RIGHTS)
            {
                int* numbers = (int*)(control + offset + s_headerSize);
                for (int i = 0; i < (size - s_headerSize) / sizeof(int); i++)
                {
                    descriptors.Add(new SafeFileHandle(numbers[i], ownsHandle: true));
                }
            }

            offset += Padded(size);
        }

        if ((message.Flags & Interop.Libc.MSG_CTRUNC) != 0)
        {
            descriptors.Add(null);
        }
    }
}
