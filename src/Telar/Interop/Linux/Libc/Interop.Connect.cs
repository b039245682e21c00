using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>Begins to connect a non-blocking socket; called again, it says how far that has come.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int connect(SafeHandle sockfd, byte* addr, uint addrlen);
    }
}
