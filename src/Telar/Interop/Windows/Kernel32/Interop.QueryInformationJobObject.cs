using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Kernel32
    {
        internal const int JobObjectBasicProcessIdList = 3;

        [LibraryImport("kernel32.dll", SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        internal static partial bool QueryInformationJobObject(
            SafeHandle job, int informationClass, JobProcessIds* information, int length, nint returnLength);
    }
}
