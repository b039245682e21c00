using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>The child will change its directory. Only in glibc 2.29, musl 1.1.24 and later.</summary>
        [LibraryImport(LibraryName)]
        internal static partial int posix_spawn_file_actions_addchdir_np(void* actions, byte* path);
    }
}
