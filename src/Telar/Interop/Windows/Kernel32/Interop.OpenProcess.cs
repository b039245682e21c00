using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        internal const uint PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
        internal const uint SYNCHRONIZE = 0x10_0000;

        [LibraryImport("kernel32.dll", SetLastError = true)]
        internal static partial SafeProcessHandle OpenProcess(
            uint access, [MarshalAs(UnmanagedType.Bool)] bool inheritHandle, int processId);
    }
}
