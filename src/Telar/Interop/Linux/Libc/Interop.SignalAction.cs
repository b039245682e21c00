using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>struct sigaction as glibc and musl have it on the 64-bit architectures.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct SignalAction
        {
            internal nint Handler;
            internal SignalSet Mask;
            internal int Flags;
            internal nint Restorer;
        }
    }
}
