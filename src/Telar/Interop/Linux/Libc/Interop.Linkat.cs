using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int AT_SYMLINK_FOLLOW = 0x400;

        [LibraryImport(LibraryName, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int linkat(int olddirfd, string oldpath, int newdirfd, string newpath, int flags);
    }
}
