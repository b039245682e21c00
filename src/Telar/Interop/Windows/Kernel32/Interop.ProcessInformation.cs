using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        /// <summary>PROCESS_INFORMATION. Both handles are the caller's to close.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct ProcessInformation
        {
            internal nint Process;
            internal nint Thread;
            internal int ProcessId;
            internal int ThreadId;
        }
    }
}
