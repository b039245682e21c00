using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>struct siginfo_t as waitid fills it on the 64-bit architectures.</summary>
        [StructLayout(LayoutKind.Explicit, Size = 128)]
        internal struct ChildStatus
        {
            /// <summary>One of the CLD_ constants: how the child ended.</summary>
            [FieldOffset(8)]
            internal int Code;

            /// <summary>0 when no child had changed its state.</summary>
            [FieldOffset(16)]
            internal int Pid;

            /// <summary>The exit code, or the signal.</summary>
            [FieldOffset(24)]
            internal int Status;
        }
    }
}
