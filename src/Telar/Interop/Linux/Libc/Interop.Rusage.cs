using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>struct rusage of the 64-bit architectures.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct Rusage
        {
            internal long UserSeconds;
            internal long UserMicroseconds;
            internal long SystemSeconds;
            internal long SystemMicroseconds;

            /// <summary>Peak resident memory in KiB.</summary>
            internal long MaxResidentKiB;
            private Unused _unused;

            [System.Runtime.CompilerServices.InlineArray(13)]
            private struct Unused
            {
                private long _element;
            }
        }
    }
}
