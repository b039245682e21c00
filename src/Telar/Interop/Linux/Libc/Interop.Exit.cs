using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>Ends the process at once: no finalizer, no ProcessExit event, no flush.</summary>
        [LibraryImport(LibraryName)]
        internal static partial void _exit(int status);
    }
}
