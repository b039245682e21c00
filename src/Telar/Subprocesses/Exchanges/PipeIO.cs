using System.Runtime.InteropServices;
using Telar.Internal.Native;
using Telar.Internal.Processes;

namespace Telar.Subprocesses.Exchanges;

/// <summary>Reads and writes on our ends of a child's pipes and of its terminal, on Linux.</summary>
internal static class PipeIO
{
    /// <summary>What a pipe holds by itself.</summary>
    internal const int OrdinaryPipe = 64 * 1024;

    /// <summary>The largest capacity that a pipe is given: what the kernel lets everybody have.</summary>
    internal const int LargePipe = 1024 * 1024;

    /// <summary>Reads what is there.</summary>
    /// <param name="handle">The descriptor.</param>
    /// <param name="buffer">Filled from the start.</param>
    /// <param name="name">The stream in messages.</param>
    /// <returns>The number of bytes; 0 is the end, -1 says that nothing is there now (of a non-blocking descriptor).</returns>
    /// <exception cref="IOException">The read failed.</exception>
    internal static int TryRead(SafeHandle handle, Span<byte> buffer, string name)
    {
        try
        {
            return DescriptorIO.TryRead(handle, buffer);
        }
        catch (IOException e) when (e.HResult == Interop.Errno.EIO)
        {
            // A terminal whose other side nobody has open any more: its way to say that this is the end.
            return 0;
        }
        catch (IOException e)
        {
            throw NativeError.Exception(e.HResult, $"Reading {name} failed");
        }
    }

    /// <summary>Writes what fits.</summary>
    /// <param name="handle">The descriptor.</param>
    /// <param name="buffer">What to write; not empty.</param>
    /// <param name="name">The stream in messages.</param>
    /// <returns>The number of bytes; -1 says that nothing fits now (of a non-blocking descriptor).</returns>
    /// <exception cref="IOException">The write failed; <see cref="IsBroken"/> tells whether nobody reads any more.</exception>
    internal static int TryWrite(SafeHandle handle, ReadOnlySpan<byte> buffer, string name)
    {
        try
        {
            return DescriptorIO.TryWrite(handle, buffer);
        }
        catch (IOException e)
        {
            throw NativeError.Exception(e.HResult, $"Writing {name} failed");
        }
    }

    /// <summary>Whether an exception of <see cref="TryWrite"/> says that nobody reads any more, which is no fault of ours.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>Whether it does.</returns>
    internal static bool IsBroken(IOException exception) =>
        exception.HResult is Interop.Errno.EPIPE or Interop.Errno.EIO || WindowsError.IsBrokenPipe(exception);

    /// <summary>How many bytes could be read now.</summary>
    /// <param name="handle">The descriptor.</param>
    /// <returns>The number; 0 also when the system does not tell.</returns>
    internal static int Available(SafeHandle handle) =>
        Interop.Libc.ioctl(handle, Interop.Libc.FIONREAD, out int count) == 0 ? count : 0;

    /// <summary>Makes a pipe hold more, where the system allows it: a refusal costs speed, not correctness.</summary>
    /// <param name="handle">Either end of the pipe.</param>
    /// <param name="bytes">How much.</param>
    internal static void Enlarge(SafeHandle handle, int bytes) =>
        _ = Interop.Libc.fcntl(handle, Interop.Libc.F_SETPIPE_SZ, bytes);
}
