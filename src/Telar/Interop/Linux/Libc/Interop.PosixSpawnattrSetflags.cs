using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const short POSIX_SPAWN_SETPGROUP = 0x02;
        internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
        internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
        internal const short POSIX_SPAWN_SETSID = 0x80;

        /// <summary>Room for a posix_spawnattr_t: 336 bytes in glibc and musl, and some to spare.</summary>
        internal const int SpawnAttributesSize = 512;

        [LibraryImport(LibraryName)]
        internal static partial int posix_spawnattr_setflags(void* attributes, short flags);
    }
}
