using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const int SO_DOMAIN = 39;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int getsockopt(SafeHandle sockfd, int level, int optname, void* optval, uint* optlen);
    }
}
