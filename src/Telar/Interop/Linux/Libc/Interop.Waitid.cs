using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        internal const int P_PID = 1;
        internal const int P_PIDFD = 3;
        internal const int WNOHANG = 1;
        internal const int WEXITED = 4;
        internal const int CLD_EXITED = 1;
        internal const int CLD_KILLED = 2;
        internal const int CLD_DUMPED = 3;

        /// <summary>The number of waitid here, or -1 on an architecture whose layouts nobody has looked at.</summary>
        private static readonly int s_waitidNumber = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 247,
            Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 95,
            _ => -1,
        };

        /// <summary>Waits for the end of the very child that the pidfd was opened for, and reaps it (Linux 5.4).</summary>
        /// <remarks>The system call and not the function of libc: only the former tells the child's resource usage.</remarks>
        internal static int waitid_pidfd(SafeHandle pidfd, out ChildStatus status, int options, out Rusage usage)
        {
            bool held = false;
            try
            {
                pidfd.DangerousAddRef(ref held);
                fixed (ChildStatus* statusPointer = &status)
                fixed (Rusage* usagePointer = &usage)
                {
                    *statusPointer = default;
                    *usagePointer = default;
                    return (int)syscall(s_waitidNumber, P_PIDFD, pidfd.DangerousGetHandle(),
                        (nint)statusPointer, options, (nint)usagePointer);
                }
            }
            finally
            {
                if (held)
                {
                    pidfd.DangerousRelease();
                }
            }
        }

        /// <summary>Waits for the end of a child by its number, and reaps it; what it ended with is not asked.</summary>
        internal static void waitid_pid(int pid, int options)
        {
            ChildStatus status;
            while (syscall(s_waitidNumber, P_PID, pid, (nint)(&status), options, 0) != 0
                && Marshal.GetLastPInvokeError() == Errno.EINTR)
            {
            }
        }

        /// <summary>Whether this system can do what the native layer needs: pidfd_open, and waitid on a pidfd.</summary>
        internal static bool HasChildDescriptors()
        {
            if (s_waitidNumber < 0)
            {
                return false;
            }

            int self = pidfd_open(getpid());
            if (self < 0)
            {
                return false;
            }

            // We are not our own child: a kernel that knows the question says ECHILD, one that does not says EINVAL.
            ChildStatus status;
            bool knows = syscall(s_waitidNumber, P_PIDFD, self, (nint)(&status), WNOHANG | WEXITED, 0) != 0
                && Marshal.GetLastPInvokeError() == Errno.ECHILD;
            _ = close(self);
            return knows;
        }
    }
}
