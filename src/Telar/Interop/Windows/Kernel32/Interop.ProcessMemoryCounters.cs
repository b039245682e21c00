using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Kernel32
    {
        /// <summary>PROCESS_MEMORY_COUNTERS.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct ProcessMemoryCounters
        {
            internal uint Size;
            internal uint PageFaultCount;
            internal nuint PeakWorkingSetSize;
            internal nuint WorkingSetSize;
            internal nuint QuotaPeakPagedPoolUsage;
            internal nuint QuotaPagedPoolUsage;
            internal nuint QuotaPeakNonPagedPoolUsage;
            internal nuint QuotaNonPagedPoolUsage;
            internal nuint PagefileUsage;
            internal nuint PeakPagefileUsage;
        }
    }
}
