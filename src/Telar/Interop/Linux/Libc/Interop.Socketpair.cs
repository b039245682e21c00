using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const int AF_UNIX = 1;
        internal const int SOCK_STREAM = 1;
        internal const int SOCK_CLOEXEC = 0x80000;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int socketpair(int domain, int type, int protocol, int* sv);
    }
}
