using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        [LibraryImport("kernel32.dll", EntryPoint = "K32GetProcessMemoryInfo", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool K32GetProcessMemoryInfo(SafeHandle process, ref ProcessMemoryCounters counters, int size);
    }
}
