using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>The child will close a descriptor; one that is not open is no error.</summary>
        [LibraryImport(LibraryName)]
        internal static partial int posix_spawn_file_actions_addclose(void* actions, int fd);
    }
}
