using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar.Internal.Native;

/// <summary>Blocking reads and writes on descriptors, without streams. Interrupted calls are taken up again.</summary>
internal static class DescriptorIO
{
    /// <summary>Reads what is there, waiting for the first byte.</summary>
    /// <param name="descriptor">A pipe, a socket or a file.</param>
    /// <param name="buffer">Filled from the start.</param>
    /// <returns>The number of bytes; 0 is the end.</returns>
    /// <exception cref="IOException">The read failed.</exception>
    internal static unsafe int Read(SafeHandle descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = Interop.Libc.read(descriptor, start, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                if (Marshal.GetLastPInvokeError() != Interop.Errno.EINTR)
                {
                    throw NativeError.LastException("Reading from a descriptor failed");
                }
            }
        }
    }

    /// <summary>Waits until a read of a descriptor would not wait: there is something, or it has ended.</summary>
    /// <param name="descriptor">A pipe, a socket, a pidfd.</param>
    /// <param name="timeoutMilliseconds">How long; -1 for ever.</param>
    /// <returns>Whether that is so; false also when the wait ended early, by a signal.</returns>
    /// <exception cref="ObjectDisposedException">The descriptor is closed.</exception>
    internal static unsafe bool WaitReadable(SafeHandle descriptor, int timeoutMilliseconds)
    {
        bool held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            var item = new Interop.Libc.PollDescriptor
            {
                Descriptor = (int)descriptor.DangerousGetHandle(),
                Requested = Interop.Libc.POLLIN,
            };
            int count = Interop.Libc.poll(&item, 1, timeoutMilliseconds);
            if (count < 0 && Marshal.GetLastPInvokeError() != Interop.Errno.EINTR)
            {
                throw NativeError.LastException("Waiting for a descriptor failed");
            }

            return count > 0;
        }
        finally
        {
            if (held)
            {
                descriptor.DangerousRelease();
            }
        }
    }

    /// <summary>Makes a second descriptor of the same file or socket, which no child inherits.</summary>
    /// <param name="descriptor">An open descriptor.</param>
    /// <returns>The duplicate, which the caller disposes.</returns>
    /// <exception cref="IOException">The process has no descriptors left.</exception>
    internal static SafeFileHandle Duplicate(SafeHandle descriptor)
    {
        int copy = Interop.Libc.fcntl(descriptor, Interop.Libc.F_DUPFD_CLOEXEC, 0);
        return copy >= 0 ? new SafeFileHandle(copy, ownsHandle: true) : throw NativeError.LastException("Duplicating a descriptor failed");
    }

    /// <summary>Makes reads and writes on a descriptor, and on all its duplicates, return rather than wait.</summary>
    /// <param name="descriptor">A pipe or socket.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal static void SetNonBlocking(SafeHandle descriptor) => SetMode(descriptor, nonBlocking: true);

    /// <summary>Makes reads and writes on a descriptor, and on all its duplicates, wait again.</summary>
    /// <param name="descriptor">A pipe or socket.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal static void SetBlocking(SafeHandle descriptor) => SetMode(descriptor, nonBlocking: false);

    /// <summary>Reads what is there, from a non-blocking descriptor.</summary>
    /// <param name="descriptor">A pipe or socket after <see cref="SetNonBlocking"/>.</param>
    /// <param name="buffer">Filled from the start.</param>
    /// <returns>The number of bytes; 0 is the end, -1 says that nothing is there now.</returns>
    /// <exception cref="IOException">The read failed.</exception>
    internal static unsafe int TryRead(SafeHandle descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int result;
            while (!IsSettled(Interop.Libc.read(descriptor, start, (nuint)buffer.Length), "Reading from a descriptor failed", out result))
            {
            }

            return result;
        }
    }

    /// <summary>Writes what fits, to a non-blocking descriptor.</summary>
    /// <param name="descriptor">A pipe or socket after <see cref="SetNonBlocking"/>.</param>
    /// <param name="buffer">What to write; not empty.</param>
    /// <returns>The number of bytes, above zero; -1 says that nothing fits now.</returns>
    /// <exception cref="IOException">The write failed; EPIPE when nobody reads any more.</exception>
    internal static unsafe int TryWrite(SafeHandle descriptor, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int result;
            while (!IsSettled(Interop.Libc.write(descriptor, start, (nuint)buffer.Length), "Writing to a descriptor failed", out result))
            {
            }

            return result;
        }
    }

    /// <summary>Fills a buffer, or finds the end before its first byte.</summary>
    /// <param name="descriptor">A pipe, a socket or a file.</param>
    /// <param name="buffer">Filled as a whole.</param>
    /// <returns>Whether it was filled; otherwise the end came before the first byte.</returns>
    /// <exception cref="EndOfStreamException">The end came in the middle.</exception>
    /// <exception cref="IOException">The read failed.</exception>
    internal static bool TryReadExactly(SafeHandle descriptor, Span<byte> buffer)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            int count = Read(descriptor, buffer[filled..]);
            if (count == 0)
            {
                return filled == 0
                    ? false
                    : throw new EndOfStreamException($"The other side ended after {filled} of {buffer.Length} bytes.");
            }

            filled += count;
        }

        return true;
    }

    /// <summary>Writes all of a buffer.</summary>
    /// <param name="descriptor">A pipe, a socket or a file.</param>
    /// <param name="buffer">What to write.</param>
    /// <exception cref="IOException">The write failed; EPIPE when nobody reads any more. Part of it may have been written.</exception>
    internal static unsafe void Write(SafeHandle descriptor, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int written = 0;
            while (written < buffer.Length)
            {
                nint count = Interop.Libc.write(descriptor, start + written, (nuint)(buffer.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                }
                else if (Marshal.GetLastPInvokeError() != Interop.Errno.EINTR)
                {
                    throw NativeError.LastException("Writing to a descriptor failed");
                }
            }
        }
    }

    private static void SetMode(SafeHandle descriptor, bool nonBlocking)
    {
        int flags = Interop.Libc.fcntl(descriptor, Interop.Libc.F_GETFL, 0);
        int wanted = nonBlocking ? flags | Interop.Libc.O_NONBLOCK : flags & ~Interop.Libc.O_NONBLOCK;
        if (flags < 0 || Interop.Libc.fcntl(descriptor, Interop.Libc.F_SETFL, wanted) != 0)
        {
            throw NativeError.LastException($"Making a descriptor {(nonBlocking ? "non-blocking" : "blocking")} failed");
        }
    }

    // What a call on a non-blocking descriptor came to: a count, or -1 for nothing now. False: a signal came first, call again.
    private static bool IsSettled(nint count, string failed, out int result)
    {
        result = (int)count;
        return count >= 0 || Marshal.GetLastPInvokeError() switch
        {
            Interop.Errno.EAGAIN => true,
            Interop.Errno.EINTR => false,
            int error => throw NativeError.Exception(error, failed),
        };
    }
}
