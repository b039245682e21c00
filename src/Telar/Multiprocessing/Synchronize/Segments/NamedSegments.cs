using System.Text;
using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using static Telar.Interop;

namespace Telar.Multiprocessing.Synchronize;

// Invariants
//   I1  A file of a name is made, judged unused, and removed only by who holds its gate byte. So one that somebody has joined is never
//       cleared or removed.
//   I2  Who opened a file just before it was removed sees under the gate that it has no name any more, and opens again.
// Locks
//   The gate byte of the file, which the kernel releases when its holder dies.
// Ownership
//   The last user removes the file. What is left when the last ones were killed is taken over by the next who opens the name, or removed
//   by the next who makes any name.

/// <summary>The segments that have names: files in the memory file system, for one user.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal static class NamedSegments
{
    private const string Folder = "/dev/shm";
    private const int LongestName = 100;
    private const int OwnerOnly = 0x180; // rw-------

    private static readonly string s_prefix = $"telar-sync-{Environment.UserName}-";

    /// <summary>Checks a name.</summary>
    /// <exception cref="ArgumentException">It is empty, too long, or has a character that a file name cannot have.</exception>
    internal static void Check(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().ContainsAny('/', '\0') || Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            throw new ArgumentException($"A name has 1 to {LongestName} bytes and no '/'; '{name}' has not.", nameof(name));
        }
    }

    /// <summary>Opens the segment of a name and joins it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="kind">What it is for, if it is made.</param>
    /// <param name="parameter">What the primitive is made with, if it is made.</param>
    /// <param name="bytes">Its size, if it is made.</param>
    /// <param name="opening">Whether it may be made.</param>
    /// <exception cref="WaitHandleCannotBeOpenedException">It does not exist, and should.</exception>
    /// <exception cref="IOException">The system refuses it.</exception>
    internal static Segment Open(string name, SegmentKind kind, int parameter, int bytes, SegmentOpening opening)
    {
        while (true)
        {
            if (TryOpen(name, kind, parameter, bytes, opening) is { } segment)
            {
                return segment;
            }
        }
    }

    /// <summary>Removes the file if no other process has it.</summary>
    internal static void RemoveIfUnused(Segment segment)
    {
        segment.EnterGate();
        string path = PathOf(segment.Name!); // it has a name: that is why it is here
        if (IsAt(segment.File, path) && !segment.HasOthers())
        {
            File.Delete(path);
        }

        segment.ExitGate();
    }

    internal static WaitHandleCannotBeOpenedException OtherKind(string name, SegmentKind wanted, SegmentKind found) =>
        new($"Opening {wanted} '{name}' failed: that name is a {found}. Kinds share their names; choose another one.");

    // The system appends " (deleted)" to the path of a file that has none any more.
    private static bool IsAt(SafeFileHandle file, string path) =>
        new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget == path;

    private static string PathOf(string name) => $"{Folder}/{s_prefix}{name}";

    /// <returns>Null when the file was removed in between.</returns>
    private static Segment? TryOpen(string name, SegmentKind kind, int parameter, int bytes, SegmentOpening opening)
    {
        int create = opening == SegmentOpening.Any ? Libc.O_CREAT : 0;
        SafeFileHandle file = Libc.open(PathOf(name), Libc.O_RDWR | Libc.O_CLOEXEC | create, OwnerOnly);
        try
        {
            if (file.IsInvalid)
            {
                throw opening == SegmentOpening.Existing && !File.Exists(PathOf(name))
                    ? NotThere(name, kind)
                    : NativeError.LastException($"Opening {kind} '{name}' failed");
            }

            if (!ByteLocks.Take(file, Segment.Gate))
            {
                throw NativeError.LastException($"Locking the file of {kind} '{name}' failed");
            }

            Segment? segment = JoinUnderGate(file, name, kind, parameter, bytes, opening);
            ByteLocks.Release(file, Segment.Gate);
            if (segment is null)
            {
                file.Dispose();
            }

            return segment;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static Segment? JoinUnderGate(
        SafeFileHandle file, string name, SegmentKind kind, int parameter, int bytes, SegmentOpening opening)
    {
        if (!IsAt(file, PathOf(name)))
        {
            return null;
        }

        bool isUnused = !ByteLocks.IsTakenByOther(file, 0, OwnerToken.Slots);
        if (isUnused && opening == SegmentOpening.Existing)
        {
            throw NotThere(name, kind);
        }

        long size = Libc.lseek(file, 0, Libc.SEEK_END);
        if (isUnused && (size != bytes && Libc.ftruncate(file, bytes) != 0))
        {
            throw NativeError.LastException($"Making {kind} '{name}' failed");
        }

        if (isUnused && Libc.posix_fallocate(file, 0, bytes) is int error and not 0)
        {
            throw NativeError.Exception(error, $"Making {kind} '{name}' failed: there is no room for it in {Folder}");
        }

        Segment segment = new(file, isUnused ? bytes : (int)size, name);
        if (isUnused)
        {
            RemoveLeftovers(except: PathOf(name));
            segment.Initialize(kind, parameter, Guid.NewGuid());
        }
        else if (segment.Kind != kind)
        {
            throw OtherKind(name, kind, segment.Kind);
        }

        segment.Join();
        return segment;
    }

    private static WaitHandleCannotBeOpenedException NotThere(string name, SegmentKind kind) =>
        new($"Opening {kind} '{name}' failed: no process has one of that name. Make it with OpenNamed.");

    /// <summary>Removes the files whose users were all killed.</summary>
    private static void RemoveLeftovers(string except)
    {
        foreach (string path in Directory.EnumerateFiles(Folder, s_prefix + "*"))
        {
            using SafeFileHandle file = path == except ? new SafeFileHandle() : Libc.open(path, Libc.O_RDWR | Libc.O_CLOEXEC, 0);
            if (!file.IsInvalid && ByteLocks.TryTake(file, Segment.Gate) && IsAt(file, path)
                && !ByteLocks.IsTakenByOther(file, 0, OwnerToken.Slots))
            {
                File.Delete(path);
            }
        }
    }
}
