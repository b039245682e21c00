namespace Telar;

internal static partial class Interop
{
    internal static partial class Libc
    {
        // System calls made since 2019 have one number on every architecture.
        private const int SYS_pidfd_open = 434;

        /// <summary>A descriptor that stands for a process and becomes readable when it has ended (Linux 5.3).</summary>
        /// <returns>The descriptor, which is close-on-exec, or -1.</returns>
        internal static int pidfd_open(int pid) => (int)syscall(SYS_pidfd_open, pid, 0, 0, 0, 0);
    }
}
