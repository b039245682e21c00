using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>A broken connection is EPIPE and no SIGPIPE, whatever the process has done with that signal.</summary>
        internal const int MSG_NOSIGNAL = 0x4000;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial nint sendmsg(SafeHandle sockfd, MessageHeader* msg, int flags);
    }
}
