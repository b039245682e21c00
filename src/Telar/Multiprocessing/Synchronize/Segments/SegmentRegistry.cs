using Microsoft.Win32.SafeHandles;
using Telar.Internal.Native;
using Telar.Internal.Waiting;
using static Telar.Interop;

namespace Telar.Multiprocessing.Synchronize;

// Invariants
//   I1  s_segments has every open segment of this process, once: two primitives that came with two calls are the same owner.
// Locks
//   s_gate guards s_segments and the use counts. A leaf, but for the system calls that open and close a segment.
// Ownership
//   A caller that gets a segment has counted as a use, and calls Release once.

/// <summary>The segments that this process has.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal static class SegmentRegistry
{
    private static readonly System.Threading.Lock s_gate = new();
    private static readonly Dictionary<Guid, Segment> s_segments = [];
    private static bool s_watchesExit;

    /// <summary>Makes a segment without a name.</summary>
    internal static Segment Create(SegmentKind kind, int parameter, int tableWords)
    {
        ThrowIfNotSupported(kind);
        int bytes = Segment.BytesFor(tableWords);
        lock (s_gate)
        {
            return Count_NeedsGate(CreateAlone(kind, parameter, bytes));
        }
    }

    /// <summary>Opens the segment of a name, or makes it.</summary>
    internal static Segment OpenNamed(string name, SegmentKind kind, int parameter, int tableWords, SegmentOpening opening)
    {
        NamedSegments.Check(name);
        ThrowIfNotSupported(kind);
        lock (s_gate)
        {
            Segment segment = FindNamed_NeedsGate(name)
                ?? NamedSegments.Open(name, kind, parameter, Segment.BytesFor(tableWords), opening);
            return segment.Kind == kind
                ? Count_NeedsGate(segment)
                : throw NamedSegments.OtherKind(name, kind, segment.Kind);
        }
    }

    /// <summary>Attaches to what another process, or this one, has sent.</summary>
    /// <exception cref="IOException">It is gone, or cannot be reached from here.</exception>
    internal static Segment Attach(SegmentHandle handle)
    {
        ThrowIfNotSupported(handle.Kind);
        lock (s_gate)
        {
            return Count_NeedsGate(s_segments.TryGetValue(handle.Id, out Segment? known) ? known : AttachAlone(handle));
        }
    }

    /// <summary>Counts one use more of a segment that the caller uses.</summary>
    internal static Segment Share(Segment segment)
    {
        lock (s_gate)
        {
            segment.Uses++;
        }

        return segment;
    }

    /// <summary>Ends one use.</summary>
    internal static void Release(Segment segment)
    {
        lock (s_gate)
        {
            if (--segment.Uses == 0)
            {
                s_segments.Remove(segment.Id);
                CloseAlone(segment);
            }
        }
    }

    /// <summary>As <see cref="Create"/>, not known to others of this process: for tests, a process of its own.</summary>
    internal static Segment CreateAlone(SegmentKind kind, int parameter, int bytes)
    {
        const int Seals = Libc.F_SEAL_SEAL | Libc.F_SEAL_SHRINK | Libc.F_SEAL_GROW;
        SafeFileHandle memory = Libc.memfd_create("telar-" + kind, Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING);
        try
        {
            if (memory.IsInvalid || Libc.ftruncate(memory, bytes) != 0 || Libc.fcntl(memory, Libc.F_ADD_SEALS, Seals) != 0)
            {
                throw NativeError.LastException($"Making the shared memory of a {kind} failed");
            }

            Segment segment = new(memory, bytes, name: null);
            segment.Initialize(kind, parameter, Guid.NewGuid());
            segment.Join();
            return segment;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="Attach"/>, not known to others of this process: for tests, a process of its own.</summary>
    internal static Segment AttachAlone(SegmentHandle handle)
    {
        if (handle.Name is { } name)
        {
            Segment named = NamedSegments.Open(name, handle.Kind, parameter: 0, bytes: 0, SegmentOpening.Existing);
            if (named.Id == handle.Id)
            {
                return named;
            }

            CloseAlone(named);
            throw new IOException($"Attaching to {handle.Kind} '{name}' failed: the one that was sent is gone, and this is a new one of its name.");
        }

        SafeFileHandle memory = Libc.open($"/proc/{handle.ProcessId}/fd/{handle.Descriptor}", Libc.O_RDWR | Libc.O_CLOEXEC, 0);
        try
        {
            long bytes = memory.IsInvalid ? 0 : Libc.lseek(memory, 0, Libc.SEEK_END);
            Segment? segment = bytes >= Segment.BytesFor(0) ? new Segment(memory, (int)bytes, name: null) : null;
            if (segment is null || !segment.IsInitialized || segment.Id != handle.Id || segment.Kind != handle.Kind)
            {
                throw new IOException(
                    $"Attaching to a {handle.Kind} of process {handle.ProcessId} failed: that process has ended or has disposed it, or this " +
                    "process may not look into it (another user, another container). Keep the object alive where it was sent from.");
            }

            segment.Join();
            return segment;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Closes a segment that is not in the list, or no longer.</summary>
    internal static void CloseAlone(Segment segment)
    {
        if (segment.Name is not null)
        {
            NamedSegments.RemoveIfUnused(segment);
        }

        segment.Close();
    }

    private static Segment Count_NeedsGate(Segment segment)
    {
        if (!s_watchesExit)
        {
            s_watchesExit = true;
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => LeaveAll();
        }

        s_segments[segment.Id] = segment;
        segment.Uses++;
        return segment;
    }

    private static Segment? FindNamed_NeedsGate(string name)
    {
        foreach (Segment segment in s_segments.Values)
        {
            if (segment.Name == name)
            {
                return segment;
            }
        }

        return null;
    }

    // The slots stay taken: threads may still run, and what they hold is theirs until the process is gone.
    private static void LeaveAll()
    {
        lock (s_gate)
        {
            foreach (Segment segment in s_segments.Values)
            {
                segment.Leave();
                if (segment.Name is not null)
                {
                    NamedSegments.RemoveIfUnused(segment);
                }
            }
        }
    }

    private static void ThrowIfNotSupported(SegmentKind kind)
    {
        if (!Parker.UsesFutex)
        {
            throw new PlatformNotSupportedException(
                $"A {kind} between processes needs Linux on a 64-bit machine: futexes and locks of open file descriptions. " +
                "On other systems use the primitives of Telar.Threading within a process, and named ones of System.Threading between processes.");
        }
    }
}
