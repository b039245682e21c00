using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>struct pidfd_info, first version: 64 bytes, which the request number of PIDFD_GET_INFO repeats.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct PidfdInfo
        {
            internal ulong Mask;
            internal ulong CgroupId;
            internal uint Pid;
            internal uint ThreadGroup;
            internal uint ParentPid;
            internal uint RealUser;
            internal uint RealGroup;
            internal uint EffectiveUser;
            internal uint EffectiveGroup;
            internal uint SavedUser;
            internal uint SavedGroup;
            internal uint FileSystemUser;
            internal uint FileSystemGroup;

            /// <summary>A wait status (as of waitpid), valid when <see cref="Mask"/> has PIDFD_INFO_EXIT.</summary>
            internal int ExitStatus;
        }
    }
}
