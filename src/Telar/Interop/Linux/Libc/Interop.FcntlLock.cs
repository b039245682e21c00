using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int F_OFD_SETLK = 37;
        internal const short F_WRLCK = 1;

        [LibraryImport(LibraryName, EntryPoint = "fcntl", SetLastError = true)]
        internal static partial int fcntl_lock(SafeHandle fd, int cmd, in FileLock file_lock);

        /// <summary><c>struct flock</c> of a 64-bit system. All zero but the type: the whole file.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct FileLock
        {
            public short l_type;
            public short l_whence;
            public long l_start;
            public long l_len;
            public int l_pid;
        }
    }
}
