using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int SOCK_NONBLOCK = 0x800;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial SafeFileHandle socket(int domain, int type, int protocol);
    }
}
