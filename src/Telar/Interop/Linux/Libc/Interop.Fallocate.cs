using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>Takes the memory or disk that a part of a file needs, so that no later write can fail for want of it.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int fallocate(SafeHandle fd, int mode, long offset, long len);
    }
}
