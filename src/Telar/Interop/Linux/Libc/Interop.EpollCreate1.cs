using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int EPOLL_CLOEXEC = 0x80000;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int epoll_create1(int flags);
    }
}
