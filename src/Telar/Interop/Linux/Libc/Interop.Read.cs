using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial nint read(SafeHandle fd, byte* buf, nuint count);

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial nint read(int fd, byte* buf, nuint count);
    }
}
