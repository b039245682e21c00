using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        internal const uint STARTF_USESHOWWINDOW = 0x1;
        internal const uint STARTF_USESTDHANDLES = 0x100;

        /// <summary>STARTUPINFOEXW.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct StartupInfoEx
        {
            internal uint Size;
            internal nint Reserved;
            internal nint Desktop;
            internal nint Title;
            internal uint X;
            internal uint Y;
            internal uint Width;
            internal uint Height;
            internal uint WidthInChars;
            internal uint HeightInChars;
            internal uint FillAttribute;
            internal uint Flags;
            internal ushort ShowWindow;
            internal ushort ReservedLength2;
            internal nint Reserved2;
            internal nint StandardInput;
            internal nint StandardOutput;
            internal nint StandardError;
            internal nint AttributeList;
        }
    }
}
