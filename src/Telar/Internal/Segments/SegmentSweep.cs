using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using static Telar.Interop;

namespace Telar.Internal.Segments;

// A segment is left over when its users were all killed. Two questions must both be answered with no before its name is removed:
//   1. Does somebody of Telar use it? He holds the users' byte.
//   2. Has anybody else, such as a CPython process, got it open or mapped? Nobody has if the kernel grants a write lease. While the lease
//      is held nobody can open the file either, so the answer stays true until the name is gone.
// A sweep that is in another's way lets the segment be: a later one removes it.
//
// Invariants
//   I1  s_made only counts; it decides when to sweep again.

/// <summary>Removes segments whose users were all killed.</summary>
internal static class SegmentSweep
{
    // A sweep lists a folder and asks one question about each segment in it.
    private const int SegmentsPerSweep = 256;

    // What is sent to the holder of a lease whose file another process opens meanwhile. This one is ignored unless somebody asks for it.
    private const int SIGURG = 23;

    private static int s_made;

    /// <summary>Sweeps when a process makes its first segment, and now and then afterwards.</summary>
    internal static void CountOne()
    {
        if ((Interlocked.Increment(ref s_made) - 1) % SegmentsPerSweep == 0)
        {
            _ = Run();
        }
    }

    /// <summary>Looks at all segments.</summary>
    /// <returns>How many were removed.</returns>
    internal static int Run()
    {
        int removed = 0;
        try
        {
            foreach (string path in Directory.EnumerateFiles(SegmentName.Folder))
            {
                removed += TryRemove(Path.GetFileName(path)) ? 1 : 0;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nobody asked for the sweep, so nobody is told that it could not be done.
        }

        return removed;
    }

    private static unsafe bool TryRemove(string name)
    {
        Libc.FileStatus status;
        if (Libc.statx(Libc.AT_FDCWD, SegmentName.PathOf(name), Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, &status) != 0
            || !SegmentFile.IsMarked(status))
        {
            return false;
        }

        using SafeFileHandle handle = Libc.open(SegmentName.PathOf(name), Libc.O_RDWR | Libc.O_CLOEXEC | Libc.O_NOFOLLOW, 0);
        return !handle.IsInvalid
            && SegmentLocks.TryHoldAlone(handle)
            && TryRemoveUnlessOpen(handle, name);
    }

    private static bool TryRemoveUnlessOpen(SafeFileHandle handle, string name)
    {
        _ = Libc.fcntl(handle, Libc.F_SETSIG, SIGURG);
        if (Libc.fcntl(handle, Libc.F_SETLEASE, Libc.F_WRLCK) != 0)
        {
            return false;
        }

        // Closing the file gives lease and lock back.
        return SegmentFile.StatusOf(handle, name).stx_nlink > 0 && SegmentFile.Remove(name);
    }
}
