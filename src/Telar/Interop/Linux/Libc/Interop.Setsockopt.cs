using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const int IPPROTO_TCP = 6;
        internal const int TCP_NODELAY = 1;
        internal const int TCP_QUICKACK = 12;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int setsockopt(SafeHandle sockfd, int level, int optname, void* optval, uint optlen);
    }
}
