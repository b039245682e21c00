using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>The C library of Linux.</summary>
        /// <remarks>
        /// The full name, not "libc": the runtime would first look for libc.so, which on a development machine is a linker
        /// script and no library. glibc has this very name, and musl answers with itself to every name that begins with "libc.".
        /// The search path below leaves out the folder of this assembly.
        /// </remarks>
        private const string LibraryName = "libc.so.6";
    }
}
