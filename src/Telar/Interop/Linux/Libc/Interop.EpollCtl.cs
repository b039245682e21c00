using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const int EPOLL_CTL_ADD = 1;
        internal const int EPOLL_CTL_DEL = 2;
        internal const int EPOLL_CTL_MOD = 3;

        /// <summary>Changes the interest list.</summary>
        /// <remarks><paramref name="epollEvent"/> is a struct epoll_event, whose layout differs by architecture: see EpollSet.</remarks>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int epoll_ctl(SafeHandle epfd, int op, SafeHandle fd, byte* epollEvent);
    }
}
