using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int EFD_SEMAPHORE = 1;
        internal const int EFD_NONBLOCK = 0x800;
        internal const int EFD_CLOEXEC = 0x80000;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int eventfd(uint initval, int flags);
    }
}
