using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const nuint TIOCSWINSZ = 0x5414;

        /// <summary>struct winsize.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct TerminalSize
        {
            internal ushort Rows;
            internal ushort Columns;
            internal ushort WidthInPixels;
            internal ushort HeightInPixels;
        }

        /// <summary>Tells a terminal its size; its foreground group gets SIGWINCH when that is a new one.</summary>
        [LibraryImport(LibraryName, SetLastError = true, EntryPoint = "ioctl")]
        internal static partial int ioctl_size(SafeHandle fd, nuint request, in TerminalSize size);
    }
}
