using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>Asks a pidfd about its process; its exit status too, from Linux 6.15 on, even after somebody else reaped it.</summary>
        internal const nuint PIDFD_GET_INFO = 0xC040_FF0B;
        internal const ulong PIDFD_INFO_EXIT = 1UL << 3;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int ioctl(SafeHandle fd, nuint request, ref PidfdInfo info);
    }
}
