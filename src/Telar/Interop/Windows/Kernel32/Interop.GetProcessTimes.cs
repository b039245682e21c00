using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        /// <summary>All times are in units of 100 ns.</summary>
        [LibraryImport("kernel32.dll", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool GetProcessTimes(SafeHandle process, out long creation, out long exit, out long kernel, out long user);
    }
}
