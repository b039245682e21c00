using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
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
