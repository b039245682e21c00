using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        [LibraryImport(LibraryName)]
        internal static partial int posix_spawnattr_setsigdefault(void* attributes, SignalSet* sigdefault);
    }
}
