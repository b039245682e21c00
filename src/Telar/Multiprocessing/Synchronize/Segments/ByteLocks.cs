using System.Runtime.InteropServices;
using static Telar.Interop;

namespace Telar.Multiprocessing.Synchronize;

/// <summary>Locks on bytes of a file that the kernel releases when their holder is gone, however it ended.</summary>
/// <remarks>
/// They belong to the open file description (OFD locks), which a process keeps to itself: it is closed on exec and never passed on. The
/// bytes need not exist. <b>Thread safety.</b> All members may be used by any number of threads at once.
/// </remarks>
internal static class ByteLocks
{
    /// <summary>Locks a byte if nobody else has it locked.</summary>
    internal static bool TryTake(SafeHandle file, int start) => Set(file, Libc.F_OFD_SETLK, Libc.F_WRLCK, start);

    /// <summary>Waits until a byte is free, and locks it. For bytes that are held for microseconds.</summary>
    internal static bool Take(SafeHandle file, int start) => Set(file, Libc.F_OFD_SETLKW, Libc.F_WRLCK, start);

    internal static void Release(SafeHandle file, int start) => Set(file, Libc.F_OFD_SETLK, Libc.F_UNLCK, start);

    /// <summary>Whether another description than this one has one of these bytes locked.</summary>
    internal static unsafe bool IsTakenByOther(SafeHandle file, int start, int count)
    {
        Libc.FileLock question = new() { l_type = Libc.F_WRLCK, l_start = start, l_len = count };
        return Libc.fcntl(file, Libc.F_OFD_GETLK, (nint)(&question)) != 0 || question.l_type != Libc.F_UNLCK;
    }

    private static unsafe bool Set(SafeHandle file, int command, short type, int start)
    {
        Libc.FileLock bytes = new() { l_type = type, l_start = start, l_len = 1 };
        int result;
        do
        {
            result = Libc.fcntl(file, command, (nint)(&bytes));
        }
        while (result != 0 && command == Libc.F_OFD_SETLKW && Marshal.GetLastPInvokeError() == Errno.EINTR);

        return result == 0;
    }
}
