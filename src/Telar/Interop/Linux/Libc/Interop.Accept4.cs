using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial SafeFileHandle accept4(SafeHandle sockfd, byte* addr, uint* addrlen, int flags);
    }
}
