using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>Asks a pidfd about its process; its exit status too, from Linux 6.15 on, even after somebody else reaped it.</summary>
        internal const nuint PIDFD_GET_INFO = 0xC040_FF0B;
        internal const ulong PIDFD_INFO_EXIT = 1UL << 3;

        /// <summary>Asks a pipe, socket or terminal how many bytes could be read now.</summary>
        internal const nuint FIONREAD = 0x541B;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int ioctl(SafeHandle fd, nuint request, ref PidfdInfo info);

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int ioctl(SafeHandle fd, nuint request, out int value);

        /// <summary>Tells a terminal its size; its foreground group gets SIGWINCH when that is a new one.</summary>
        internal const nuint TIOCSWINSZ = 0x5414;

        [LibraryImport(LibraryName, SetLastError = true, EntryPoint = "ioctl")]
        internal static partial int ioctl_size(SafeHandle fd, nuint request, in TerminalSize size);
    }
}
