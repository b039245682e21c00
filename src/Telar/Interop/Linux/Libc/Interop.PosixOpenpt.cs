using Microsoft.Win32.SafeHandles;
using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>Makes a pseudo terminal, and opens its side that is not the child's.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial SafeFileHandle posix_openpt(int flags);
    }
}
