using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Telar.Interop;

namespace Telar.Subprocesses;

// FileShare.Read keeps other writers out on Windows only. On Linux .NET would have to lock out its own readers as well, so that nobody
// could look at a log while it grows: hence a lock of the kernel that only those see who ask for it.

/// <summary>Sees to it that a file has one writer, in this process and all others, and any number of readers.</summary>
internal static class WriterLock
{
    /// <summary>Takes the lock of an open file. It is given back when the file is closed.</summary>
    /// <returns>False: another one has it.</returns>
    public static unsafe bool TryTake(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        Libc.FileLock whole = new() { l_type = Libc.F_WRLCK };

        // A file system without locks refuses in another way: then there is none.
        return Libc.fcntl(file, Libc.F_OFD_SETLK, (nint)(&whole)) == 0
            || Marshal.GetLastPInvokeError() is not (Errno.EAGAIN or Errno.EACCES);
    }
}
