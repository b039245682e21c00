using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>struct winsize.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct TerminalSize
        {
            internal ushort Rows;
            internal ushort Columns;
            internal ushort WidthInPixels;
            internal ushort HeightInPixels;
        }
    }
}
