using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>The number of futex_waitv, the same on every architecture (Linux 5.16).</summary>
        internal const int SYS_futex_waitv = 449;

        internal const uint FUTEX2_SIZE_U32 = 2;
        internal const uint FUTEX2_PRIVATE = 128;
        internal const int FUTEX_WAITV_MAX = 128;
        internal const int CLOCK_MONOTONIC = 1;

        /// <summary><c>struct futex_waitv</c>: a word, and what it must be for the sleep to begin.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct FutexWaitv
        {
            internal ulong val;
            internal ulong uaddr;
            internal uint flags;
            internal uint reserved;
        }
    }
}
