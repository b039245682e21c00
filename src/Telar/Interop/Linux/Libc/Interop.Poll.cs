using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const short POLLIN = 0x001;
        internal const short POLLOUT = 0x004;
        internal const short POLLERR = 0x008;
        internal const short POLLHUP = 0x010;
        internal const short POLLNVAL = 0x020;

        /// <summary>Waits for descriptors; the caller keeps them open meanwhile. <paramref name="timeout"/> in ms, -1 for ever.</summary>
        [LibraryImport(LibraryName, SetLastError = true)]
        internal static partial int poll(PollDescriptor* fds, nuint nfds, int timeout);
    }
}
