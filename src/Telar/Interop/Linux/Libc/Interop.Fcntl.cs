using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int F_GETFD = 1;
        internal const int F_SETFD = 2;
        internal const int F_GETFL = 3;
        internal const int F_SETFL = 4;
        internal const int F_SETOWN = 8;
        internal const int F_SETSIG = 10;
        internal const int F_OFD_GETLK = 36;
        internal const int F_OFD_SETLK = 37;
        internal const int F_SETLEASE = 1024;
        internal const int F_DUPFD_CLOEXEC = 1030;
        internal const int F_SETPIPE_SZ = 1031;
        internal const int F_GETPIPE_SZ = 1032;
        internal const int F_ADD_SEALS = 1033;
        internal const int F_SEAL_SEAL = 1;
        internal const int F_SEAL_SHRINK = 2;
        internal const int F_SEAL_GROW = 4;
        internal const int F_SEAL_WRITE = 8;
        internal const short F_RDLCK = 0;
        internal const short F_WRLCK = 1;
        internal const short F_UNLCK = 2;
        internal const int FD_CLOEXEC = 1;
        internal const int O_ASYNC = 0x2000;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int fcntl(SafeHandle fd, int cmd, nint arg);
    }
}
