using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial nint write(SafeHandle fd, byte* buf, nuint count);
    }
}
