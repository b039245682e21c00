using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const int S_IFMT = 0xF000;
        internal const int S_IFREG = 0x8000;

        /// <summary>struct statx, which is the same on all architectures; the fields that callers ask for.</summary>
        [StructLayout(LayoutKind.Explicit, Size = 256)]
        internal struct FileStatus
        {
            [FieldOffset(16)]
            internal uint stx_nlink;

            [FieldOffset(28)]
            internal ushort stx_mode;

            [FieldOffset(32)]
            internal ulong stx_ino;

            [FieldOffset(40)]
            internal long stx_size;
        }
    }
}
