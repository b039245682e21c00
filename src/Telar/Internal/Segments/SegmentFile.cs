using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using static Telar.Interop;

namespace Telar.Internal.Segments;

// State machine of a file (docs/design/shared-memory.md#life)
//
//   without a name --Publish--> named, used --last user leaves, or Unlink--> without a name --last one closes it--> gone
//                                   |
//                                   +-- all users killed --> named, unused --SegmentSweep--> without a name
//
// Invariants
//   I1  A file gets its name when it is complete: with its size, its content, its mark, and its maker among the users. One who is killed
//       before leaves nothing, and nobody ever sees half a segment.
//   I2  The name of a marked file is removed only by one who holds its users' byte exclusively, or by Unlink. So no user loses it.
//   I3  _left is set once, by the one call of Leave that does the work.
// Ownership
//   The segment that maps the file disposes it. Until then SegmentExit knows a marked one, for the end of the process.

/// <summary>The file of a segment, open in this process, which is one of its users.</summary>
internal sealed class SegmentFile : IDisposable
{
    // The sticky bit means nothing on a file in memory. Here it says that the name goes with the last user.
    private const int Mark = 0x200;
    private const int OwnerOnly = 0x180;
    private const int ModeBits = 0xFFF;

    // The kernel takes pages for one chunk without looking at signals; .NET sends some all the time.
    private const long Chunk = 64L << 20;

    private readonly ulong _inode;
    private int _left;
    private bool _isRemovedHere;

    private SegmentFile(SafeFileHandle handle, string name, in Libc.FileStatus status)
    {
        Handle = handle;
        Name = name;
        Size = status.stx_size;
        IsTracked = IsMarked(status);
        _inode = status.stx_ino;
    }

    /// <summary>The open file. It holds the locks, so nothing may inherit or duplicate it.</summary>
    internal SafeFileHandle Handle { get; }

    /// <summary>The name, without a slash.</summary>
    internal string Name { get; }

    /// <summary>The number of bytes.</summary>
    internal long Size { get; }

    /// <summary>Whether the name goes with the last user.</summary>
    internal bool IsTracked { get; }

    /// <summary>Makes a file of zeroes that has no name yet.</summary>
    /// <param name="name">The name that it will have.</param>
    /// <param name="size">The number of bytes.</param>
    /// <param name="isTracked">Whether the name goes with the last user.</param>
    /// <exception cref="IOException">There is no room, or the system has no descriptors left. Nothing was made.</exception>
    internal static SegmentFile Make(string name, long size, bool isTracked)
    {
        string doing = $"Making shared memory '{name}' of {size} bytes failed";
        SafeFileHandle handle = Libc.open(
            SegmentName.Folder, Libc.O_TMPFILE | Libc.O_RDWR | Libc.O_CLOEXEC, OwnerOnly | (isTracked ? Mark : 0));
        try
        {
            if (handle.IsInvalid)
            {
                throw NativeError.LastException(doing);
            }

            Fill(handle, size, doing);
            _ = SegmentLocks.TryJoin(handle); // nobody else can know the file
            return new SegmentFile(handle, name, StatusOf(handle, name));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file by its name and becomes one of its users.</summary>
    /// <returns>The file, or <see langword="null"/> if there is none of that name.</returns>
    /// <exception cref="IOException">It cannot be opened, or is no shared memory.</exception>
    internal static SegmentFile? TryOpen(string name)
    {
        while (true)
        {
            SafeFileHandle handle = Libc.open(SegmentName.PathOf(name), Libc.O_RDWR | Libc.O_CLOEXEC | Libc.O_NOFOLLOW, 0);
            try
            {
                if (handle.IsInvalid)
                {
                    return Marshal.GetLastPInvokeError() == Errno.ENOENT ? null : throw OpenError(name);
                }

                if (Join(handle, name) is { } file)
                {
                    return file;
                }
            }
            catch
            {
                handle.Dispose();
                throw;
            }

            // It was removed between open and lock. There may be another one of that name already.
            handle.Dispose();
        }
    }

    /// <summary>Gives the file its name.</summary>
    /// <returns>False: the name is taken.</returns>
    /// <exception cref="IOException">The name cannot be given.</exception>
    internal bool TryPublish()
    {
        string self = $"/proc/self/fd/{Handle.DangerousGetHandle()}"; // the caller keeps the handle
        if (Libc.linkat(Libc.AT_FDCWD, self, Libc.AT_FDCWD, SegmentName.PathOf(Name), Libc.AT_SYMLINK_FOLLOW) == 0)
        {
            if (IsTracked)
            {
                SegmentExit.Add(this);
            }

            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.EEXIST
            ? false
            : throw NativeError.LastException($"Naming shared memory '{Name}' failed");
    }

    /// <summary>Removes the name, also of a file that is closed.</summary>
    /// <returns>False: it was gone before. What the last user's leaving has removed, here, counts as removed by this call.</returns>
    internal bool TryUnlink() => _isRemovedHere || (IsNamed() && Remove(Name));

    /// <summary>Is a user no longer, and removes the name of a tracked file if it was the last one.</summary>
    internal void Leave()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0 && IsTracked)
        {
            SegmentExit.Remove(this);
            if (SegmentLocks.Leave(Handle))
            {
                _isRemovedHere = TryUnlink();
            }
        }
    }

    /// <summary>Leaves, and closes the file.</summary>
    public void Dispose()
    {
        Leave();
        Handle.Dispose();
    }

    /// <summary>Removes the name of a file.</summary>
    /// <returns>False: there is none.</returns>
    internal static bool Remove(string name)
    {
        if (Libc.unlink(SegmentName.PathOf(name)) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.ENOENT
            ? false
            : throw NativeError.LastException($"Removing shared memory '{name}' failed");
    }

    /// <summary>Whether a file is one whose name goes with the last user.</summary>
    internal static bool IsMarked(in Libc.FileStatus status) =>
        (status.stx_mode & Libc.S_IFMT) == Libc.S_IFREG && (status.stx_mode & ModeBits) == (OwnerOnly | Mark);

    /// <summary>Asks for the status of an open file.</summary>
    internal static unsafe Libc.FileStatus StatusOf(SafeFileHandle handle, string name)
    {
        Libc.FileStatus status;
        return Libc.statx(handle, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, &status) == 0
            ? status
            : throw NativeError.LastException($"Looking at shared memory '{name}' failed");
    }

    // Whether the name is still this file's.
    private unsafe bool IsNamed()
    {
        Libc.FileStatus status;
        return Libc.statx(Libc.AT_FDCWD, SegmentName.PathOf(Name), Libc.AT_SYMLINK_NOFOLLOW, Libc.STATX_BASIC_STATS, &status) == 0
            && status.stx_ino == _inode;
    }

    // Null: the file has lost its name.
    private static SegmentFile? Join(SafeFileHandle handle, string name)
    {
        Libc.FileStatus before = StatusOf(handle, name);
        if ((before.stx_mode & Libc.S_IFMT) != Libc.S_IFREG)
        {
            throw new IOException($"Opening shared memory '{name}' failed: {SegmentName.PathOf(name)} is no ordinary file. Another program made it.");
        }

        bool isTracked = IsMarked(before);
        for (int attempt = 0; isTracked && !SegmentLocks.TryJoin(handle); attempt++)
        {
            // The last user leaves at the end of its process: it has removed the name, and holds the file until it is gone.
            if (StatusOf(handle, name).stx_nlink == 0)
            {
                return null;
            }

            if (attempt == SegmentLocks.Attempts)
            {
                throw new IOException(
                    $"Opening shared memory '{name}' failed: another process is about to remove it, and does not get on. Is one stopped (SIGSTOP, a debugger)?");
            }

            _ = Thread.Yield();
        }

        // From here on the name stays, if it is still there.
        Libc.FileStatus status = StatusOf(handle, name);
        if (status.stx_nlink == 0)
        {
            return null;
        }

        SegmentFile file = new(handle, name, status);
        if (isTracked)
        {
            SegmentExit.Add(file);
        }

        return file;
    }

    // Not ftruncate: the system would promise more memory than there is, and kill whoever then writes to it.
    private static void Fill(SafeFileHandle handle, long size, string doing)
    {
        // Chunk by chunk a size that cannot be had would take all memory before it fails.
        if (size > Chunk && size > new DriveInfo(SegmentName.Folder).AvailableFreeSpace)
        {
            throw Full(doing);
        }

        for (long done = 0; done < size;)
        {
            long part = Math.Min(Chunk, size - done);
            if (Libc.fallocate(handle, 0, done, part) == 0)
            {
                done += part;
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR:
                    break;
                case Errno.ENOSPC:
                    throw Full(doing);
                default:
                    throw NativeError.LastException(doing);
            }
        }
    }

    private static IOException Full(string doing) => NativeError.Exception(
        Errno.ENOSPC,
        $"{doing}: there is not that much room in {SegmentName.Folder} (see 'df {SegmentName.Folder}'; a container has 64 MB unless it is started with --shm-size)");

    private static Exception OpenError(string name)
    {
        string doing = $"Opening shared memory '{name}' failed";
        return Marshal.GetLastPInvokeError() is Errno.EACCES or Errno.EPERM
            ? new UnauthorizedAccessException($"{doing}: it belongs to another user. Only the user who made it may open it.")
            : NativeError.LastException(doing);
    }
}
