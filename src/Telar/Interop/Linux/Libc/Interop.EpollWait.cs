using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const uint EPOLLIN = 0x001;
        internal const uint EPOLLOUT = 0x004;
        internal const uint EPOLLERR = 0x008;
        internal const uint EPOLLHUP = 0x010;
        internal const uint EPOLLRDHUP = 0x2000;
        internal const uint EPOLLONESHOT = 1u << 30;
        internal const uint EPOLLET = 1u << 31;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int epoll_wait(SafeHandle epfd, byte* events, int maxevents, int timeout);
    }
}
