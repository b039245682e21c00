using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        /// <summary>The code of a process that has not ended; a process may also end with it.</summary>
        internal const uint STILL_ACTIVE = 259;

        [LibraryImport("kernel32.dll", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool GetExitCodeProcess(SafeHandle process, out uint exitCode);
    }
}
