using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>Gives a file its memory or blocks now, so that writing to it cannot fail later.</summary>
        /// <returns>0, or the error number: errno is not set.</returns>
        [LibraryImport(LibraryName)]
        internal static partial int posix_fallocate(SafeHandle fd, long offset, long len);
    }
}
