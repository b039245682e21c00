using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const int AT_FDCWD = -100;
        internal const int AT_SYMLINK_NOFOLLOW = 0x100;
        internal const int AT_EMPTY_PATH = 0x1000;

        /// <summary>Kind and mode, number of names, inode and size: what the fields of <see cref="FileStatus"/> need.</summary>
        internal const uint STATX_BASIC_STATS = 0x7ff;

        [LibraryImport(LibraryName, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int statx(SafeHandle dirfd, string pathname, int flags, uint mask, FileStatus* statxbuf);

        [LibraryImport(LibraryName, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int statx(int dirfd, string pathname, int flags, uint mask, FileStatus* statxbuf);
    }
}
