using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar.Internal.Native;

/// <summary>A terminal without a screen: a child has the one side, this process the other.</summary>
internal static class PseudoTerminal
{
    private const int PathCapacity = 64;

    /// <summary>Makes a terminal.</summary>
    /// <param name="columns">Its width in characters.</param>
    /// <param name="rows">Its height in lines.</param>
    /// <param name="echo">Whether what is written to the child also comes back.</param>
    /// <param name="path">The path of the child's side.</param>
    /// <returns>Our side, close-on-exec; the caller disposes it, and with it the terminal.</returns>
    /// <exception cref="IOException">There is no terminal left, or no /dev/pts.</exception>
    internal static SafeFileHandle Create(int columns, int rows, bool echo, out string path)
    {
        SafeFileHandle terminal = Interop.Libc.posix_openpt(Interop.Libc.O_RDWR | Interop.Libc.O_NOCTTY | Interop.Libc.O_CLOEXEC);
        try
        {
            if (terminal.IsInvalid || Interop.Libc.unlockpt(terminal) != 0)
            {
                throw NativeError.LastException("Making a pseudo terminal failed");
            }

            path = PathOf(terminal);
            Resize(terminal, columns, rows);
            if (!echo)
            {
                StopEcho(terminal);
            }

            return terminal;
        }
        catch
        {
            terminal.Dispose();
            throw;
        }
    }

    /// <summary>Changes the size; what runs in the foreground there gets SIGWINCH.</summary>
    /// <param name="terminal">Our side.</param>
    /// <param name="columns">The width in characters.</param>
    /// <param name="rows">The height in lines.</param>
    /// <exception cref="IOException">The system refused.</exception>
    internal static void Resize(SafeHandle terminal, int columns, int rows)
    {
        var size = new Interop.Libc.TerminalSize { Columns = checked((ushort)columns), Rows = checked((ushort)rows) };
        if (Interop.Libc.ioctl_size(terminal, Interop.Libc.TIOCSWINSZ, size) != 0)
        {
            throw NativeError.LastException($"Making a terminal {columns} x {rows} characters large failed");
        }
    }

    private static unsafe string PathOf(SafeFileHandle terminal)
    {
        byte* buffer = stackalloc byte[PathCapacity];
        int error = Interop.Libc.ptsname_r(terminal, buffer, PathCapacity);
        return error == 0
            ? Marshal.PtrToStringUTF8((nint)buffer)! // it is not null
            : throw NativeError.Exception(error, "Asking for the path of a pseudo terminal failed");
    }

    private static void StopEcho(SafeFileHandle terminal)
    {
        if (Interop.Libc.tcgetattr(terminal, out Interop.Libc.TerminalSettings settings) == 0)
        {
            settings.LocalFlags &= ~Interop.Libc.ECHO;
            if (Interop.Libc.tcsetattr(terminal, Interop.Libc.TCSANOW, settings) == 0)
            {
                return;
            }
        }

        throw NativeError.LastException("Switching off the echo of a terminal failed");
    }
}
