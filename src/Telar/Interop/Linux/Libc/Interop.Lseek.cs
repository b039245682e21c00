using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int SEEK_END = 2;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial long lseek(SafeHandle fd, long offset, int whence);
    }
}
