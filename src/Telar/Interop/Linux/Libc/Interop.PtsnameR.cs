using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>The path of the child's side of a pseudo terminal; returns 0 or the error number.</summary>
        [LibraryImport(LibraryName)]
        internal static partial int ptsname_r(SafeHandle fd, byte* buffer, nuint size);
    }
}
