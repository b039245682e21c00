using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Telar.Interop;

namespace Telar.Subprocesses;

// FileShare.Read keeps other writers out on Windows only. On Linux .NET would have to lock out its own readers as well, so that nobody
// could look at a log while it grows: hence a lock of the kernel that only those see who ask for it.

/// <summary>Sees to it that a file has one writer, in this process and all others, and any number of readers.</summary>
internal static class WriterLock
{
    /// <summary>Takes the lock of an open file.</summary>
    /// <returns>False: another one has it.</returns>
    public static bool TryTake(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        // A file system without locks refuses in another way: then there is none.
        return TrySet(file, Libc.F_WRLCK) || Marshal.GetLastPInvokeError() is not (Errno.EAGAIN or Errno.EACCES);
    }

    /// <summary>Gives the lock back. Closing the file would not do: a child that is just being started has it open until its exec.</summary>
    public static void Release(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = TrySet(file, Libc.F_UNLCK);
        }
    }

    private static unsafe bool TrySet(SafeFileHandle file, short type)
    {
        Libc.FileLock whole = new() { l_type = type };
        return Libc.fcntl(file, Libc.F_OFD_SETLK, (nint)(&whole)) == 0;
    }
}
