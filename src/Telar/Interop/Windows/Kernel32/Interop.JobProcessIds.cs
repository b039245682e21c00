using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Kernel32
    {
        /// <summary>JOBOBJECT_BASIC_PROCESS_ID_LIST with room for some. There may be more: ERROR_MORE_DATA.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct JobProcessIds
        {
            internal const int Room = 64;

            internal uint Assigned;
            internal uint Listed;
            internal fixed ulong Ids[Room];
        }
    }
}
