using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        internal const uint HANDLE_FLAG_INHERIT = 0x1;

        [LibraryImport("kernel32.dll", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool GetHandleInformation(SafeHandle handle, out uint flags);
    }
}
