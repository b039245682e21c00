using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>struct msghdr of the 64-bit little-endian architectures (musl has narrower lengths with zero padding).</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct MessageHeader
        {
            internal void* Name;
            internal uint NameLength;
            internal IoVector* Vectors;
            internal nuint VectorCount;
            internal void* Control;
            internal nuint ControlLength;
            internal int Flags;
        }
    }
}
