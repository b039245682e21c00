using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>Descriptors that arrive are close-on-exec from their first moment.</summary>
        internal const int MSG_CMSG_CLOEXEC = 0x40000000;
        internal const int MSG_CTRUNC = 0x8;

        /// <summary>For sending too: this one call does not wait, whatever the socket's mode.</summary>
        internal const int MSG_DONTWAIT = 0x40;

        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial nint recvmsg(SafeHandle sockfd, MessageHeader* msg, int flags);
    }
}
