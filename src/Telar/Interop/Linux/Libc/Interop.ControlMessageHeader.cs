using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int SOL_SOCKET = 1;
        internal const int SCM_RIGHTS = 1;

        /// <summary>struct cmsghdr; its data follow, and the next one begins at a multiple of eight.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct ControlMessageHeader
        {
            internal nuint Length;
            internal int Level;
            internal int Type;
        }
    }
}
