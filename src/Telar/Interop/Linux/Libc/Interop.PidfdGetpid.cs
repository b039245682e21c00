using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>The number of a pidfd's process, or -1 when it has been reaped. Only in glibc 2.39 and later.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int pidfd_getpid(int pidfd);
    }
}
