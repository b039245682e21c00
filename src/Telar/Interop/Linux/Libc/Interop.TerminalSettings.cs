using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        internal const uint ECHO = 0x8;

        /// <summary>struct termios of glibc and musl: four words of flags, then what nobody here reads, 60 bytes in all.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct TerminalSettings
        {
            internal uint InputFlags;
            internal uint OutputFlags;
            internal uint ControlFlags;
            internal uint LocalFlags;
            private Unused _unused;

            [InlineArray(16)]
            private struct Unused
            {
                private uint _element;
            }
        }
    }
}
