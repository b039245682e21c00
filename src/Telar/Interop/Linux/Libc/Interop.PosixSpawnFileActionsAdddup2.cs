using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>The child will dup2; with equal numbers (glibc 2.29, musl) it clears close-on-exec instead, in the child only.</summary>
        [LibraryImport(LibraryName)]
        internal static partial int posix_spawn_file_actions_adddup2(void* actions, int fd, int newfd);
    }
}
