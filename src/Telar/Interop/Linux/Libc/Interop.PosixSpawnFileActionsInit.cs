using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>Room for a posix_spawn_file_actions_t: 80 bytes in glibc and musl, and some to spare.</summary>
        internal const int SpawnFileActionsSize = 128;

        [LibraryImport(LibraryName)]
        internal static partial int posix_spawn_file_actions_init(void* actions);
    }
}
