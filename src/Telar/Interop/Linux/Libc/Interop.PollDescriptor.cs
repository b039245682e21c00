using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>struct pollfd.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct PollDescriptor
        {
            internal int Descriptor;
            internal short Requested;
            internal short Returned;
        }
    }
}
