using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        internal const uint CTRL_C_EVENT = 0;
        internal const uint CTRL_BREAK_EVENT = 1;

        [LibraryImport("kernel32.dll", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool GenerateConsoleCtrlEvent(uint controlEvent, int processGroup);
    }
}
