using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>The child will close every descriptor from this one on. Only in glibc 2.34 and later, not in musl.</summary>
        [LibraryImport(LibraryName)]
        internal static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);
    }
}
