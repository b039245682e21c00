using System.Runtime.InteropServices;

namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>Signals the process group that the process of the pidfd leads (Linux 6.9; EINVAL before).</summary>
        internal const int PIDFD_SIGNAL_PROCESS_GROUP = 4;

        private const int SYS_pidfd_send_signal = 424;

        /// <summary>Signals the very process that the pidfd was opened for: its number may be anybody's by now.</summary>
        internal static int pidfd_send_signal(SafeHandle pidfd, int sig, int flags)
        {
            bool held = false;
            try
            {
                pidfd.DangerousAddRef(ref held);
                return (int)syscall(SYS_pidfd_send_signal, pidfd.DangerousGetHandle(), sig, 0, flags, 0);
            }
            finally
            {
                if (held)
                {
                    pidfd.DangerousRelease();
                }
            }
        }
    }
}
