using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using static Telar.Interop;

namespace Telar.Internal.Segments;

// The locks belong to an open file description, which is private to one segment object of one process: nothing inherits it. So the kernel
// gives them back when the process ends, however it ends, and no number of a process is needed that another one may have by then. They
// are of bytes far beyond the end of the file, where no content can be.
//
//   byte 2^62           shared by every user; held exclusively by one who decides whether to remove the name
//   byte 2^62 + 1 + n   held exclusively by the user who has slot n

/// <summary>The locks of the kernel that tell who uses a segment.</summary>
internal static class SegmentLocks
{
    /// <summary>
    /// How often to look again. Whoever holds the first byte exclusively does a few system calls meanwhile: if that takes so long, he is stopped.
    /// </summary>
    internal const int Attempts = 10_000;

    private const long UsersByte = 1L << 62;
    private const long FirstSlotByte = UsersByte + 1;

    /// <summary>Becomes a user unless somebody is deciding, or has decided, whether to remove the segment.</summary>
    internal static bool TryJoin(SafeFileHandle file) => TrySet(file, Libc.F_RDLCK, UsersByte);

    /// <summary>Is a user no longer.</summary>
    /// <returns>Whether it was the last one; it then holds the segment exclusively until it closes the file.</returns>
    internal static bool Leave(SafeFileHandle file)
    {
        _ = TrySet(file, Libc.F_UNLCK, UsersByte);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryHoldAlone(file))
            {
                return true;
            }

            if (BlockerOf(file, UsersByte) == Libc.F_RDLCK)
            {
                return false;
            }

            // Another one who leaves, or a sweeper, is deciding; a sweeper may yet let the segment be because of the file that is open here.
            _ = Thread.Yield();
        }

        return false;
    }

    /// <summary>Holds the segment exclusively if it has no user.</summary>
    internal static bool TryHoldAlone(SafeFileHandle file) => TrySet(file, Libc.F_WRLCK, UsersByte);

    /// <summary>Takes a slot unless somebody has it.</summary>
    internal static bool TryTakeSlot(SafeFileHandle file, int slot) => TrySet(file, Libc.F_WRLCK, FirstSlotByte + slot);

    /// <summary>Gives a slot back.</summary>
    internal static void GiveSlotBack(SafeFileHandle file, int slot) => _ = TrySet(file, Libc.F_UNLCK, FirstSlotByte + slot);

    /// <summary>Whether another user has a slot.</summary>
    internal static bool IsSlotTaken(SafeFileHandle file, int slot) => BlockerOf(file, FirstSlotByte + slot) != Libc.F_UNLCK;

    private static unsafe bool TrySet(SafeFileHandle file, short type, long offset)
    {
        Libc.FileLock part = new() { l_type = type, l_start = offset, l_len = 1 };
        if (Libc.fcntl(file, Libc.F_OFD_SETLK, (nint)(&part)) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is Errno.EAGAIN or Errno.EACCES
            ? false
            : throw NativeError.LastException("Locking shared memory failed");
    }

    // The kind of a lock that keeps this description from holding the byte exclusively; F_UNLCK if there is none.
    private static unsafe short BlockerOf(SafeFileHandle file, long offset)
    {
        Libc.FileLock part = new() { l_type = Libc.F_WRLCK, l_start = offset, l_len = 1 };
        return Libc.fcntl(file, Libc.F_OFD_GETLK, (nint)(&part)) == 0
            ? part.l_type
            : throw NativeError.LastException("Asking who uses shared memory failed");
    }
}
