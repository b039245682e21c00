using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const int O_RDONLY = 0;
        internal const int O_CLOEXEC = 0x80000;
        internal const int O_NONBLOCK = 0x800;

        /// <summary>Opens a file; a plain number comes back because the readers of /proc open and close within one method.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int open(byte* path, int flags);
    }
}
