using Telar.Internal.Segments;
using Telar.Internal.Waiting;

namespace Telar.Multiprocessing.Synchronize;

// Invariants
//   I1  s_segments has every open segment of this process, once: two primitives that came with two calls are the same owner.
// Locks
//   s_gate guards s_segments and the use counts. A leaf, but for the system calls that open and close a segment.
// Ownership
//   A caller that gets a segment has counted as a use, and calls Release once.

/// <summary>The segments of primitives that this process has.</summary>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads at once.</remarks>
internal static class SyncSegments
{
    private const int LongestName = 100;

    private static readonly string s_prefix = $"telar-{Environment.UserName}-";

    private static readonly System.Threading.Lock s_gate = new();
    private static readonly Dictionary<string, SyncSegment> s_segments = [];
    private static bool s_watchesExit;

    /// <summary>Makes a segment that travels as a handle.</summary>
    internal static SyncSegment Create(ObjectKind kind, int parameter, int tableWords)
    {
        ThrowIfNotSupported(kind);
        lock (s_gate)
        {
            return Count_NeedsGate(CreateAlone(kind, parameter, tableWords));
        }
    }

    /// <summary>Opens the segment of a user's name, or makes it.</summary>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="IOException">The name is that of another kind, or the system refuses it.</exception>
    internal static SyncSegment OpenNamed(string name, ObjectKind kind, int parameter, int tableWords)
    {
        CheckName(name);
        ThrowIfNotSupported(kind);
        lock (s_gate)
        {
            // Between the look and the making, another process may have made it, and a third may have left it.
            while (true)
            {
                SyncSegment? segment = Find_NeedsGate(s_prefix + name, kind) ?? Make(s_prefix + name, kind, parameter, tableWords);
                if (segment is not null)
                {
                    return Count_NeedsGate(segment);
                }
            }
        }
    }

    /// <summary>Opens the segment of a user's name.</summary>
    /// <exception cref="WaitHandleCannotBeOpenedException">No process has one of that name.</exception>
    /// <exception cref="IOException">The name is that of another kind, or the system refuses it.</exception>
    internal static SyncSegment OpenExisting(string name, ObjectKind kind)
    {
        CheckName(name);
        ThrowIfNotSupported(kind);
        lock (s_gate)
        {
            return Count_NeedsGate(Find_NeedsGate(s_prefix + name, kind) ?? throw new WaitHandleCannotBeOpenedException(
                $"Opening {kind} '{name}' failed: no process has one of that name. OpenNamed makes it."));
        }
    }

    /// <summary>Attaches to what another process, or this one, has sent.</summary>
    /// <exception cref="IOException">It is gone.</exception>
    internal static SyncSegment Attach(string memoryName, ObjectKind kind)
    {
        ThrowIfNotSupported(kind);
        lock (s_gate)
        {
            return Count_NeedsGate(Find_NeedsGate(memoryName, kind) ?? throw new IOException(
                $"Attaching to a {kind} failed: no process has it any more (memory '{memoryName}'). Keep the object alive where it was sent from."));
        }
    }

    /// <summary>The name that a user gave to a segment, or null.</summary>
    internal static string? UserName(SyncSegment segment) =>
        segment.MemoryName.StartsWith(s_prefix, StringComparison.Ordinal) ? segment.MemoryName[s_prefix.Length..] : null;

    /// <summary>Counts one use more of a segment that the caller uses.</summary>
    internal static SyncSegment Share(SyncSegment segment)
    {
        lock (s_gate)
        {
            segment.Uses++;
        }

        return segment;
    }

    /// <summary>Ends one use.</summary>
    internal static void Release(SyncSegment segment)
    {
        lock (s_gate)
        {
            if (--segment.Uses == 0)
            {
                s_segments.Remove(segment.MemoryName);
                segment.Close();
            }
        }
    }

    /// <summary>As <see cref="Create"/>, unknown to the rest of this process: for tests, a process of its own.</summary>
    internal static SyncSegment CreateAlone(ObjectKind kind, int parameter, int tableWords) =>
        Make(name: null, kind, parameter, tableWords)!; // not null: without a name there is nothing that could be taken

    /// <summary>Opens memory, unknown to the rest of this process: for tests, a process of its own.</summary>
    internal static SyncSegment? OpenAlone(string memoryName, ObjectKind kind) =>
        ObjectSegment.TryOpen(kind, memoryName) is { } segment ? new SyncSegment(segment, kind) : null;

    private static SyncSegment? Make(string? name, ObjectKind kind, int parameter, int tableWords)
    {
        long size = (WordLayout.Table + tableWords) * sizeof(int);
        ObjectSegment? segment = ObjectSegment.TryCreate(kind, size, name, memory =>
        {
            memory.Word<int>(WordLayout.Parameter * sizeof(int)) = parameter;
            memory.Word<int>(WordLayout.SemaphoreUnits * sizeof(int)) = kind == ObjectKind.Semaphore ? parameter : 0;
        });
        return segment is null ? null : new SyncSegment(segment, kind);
    }

    private static SyncSegment? Find_NeedsGate(string memoryName, ObjectKind kind) =>
        !s_segments.TryGetValue(memoryName, out SyncSegment? known) ? OpenAlone(memoryName, kind)
        : known.Kind == kind ? known
        : throw new IOException($"Opening '{memoryName}' as {kind} failed: it is of the kind {known.Kind}. Open it as such, or use another name.");

    private static SyncSegment Count_NeedsGate(SyncSegment segment)
    {
        if (!s_watchesExit)
        {
            s_watchesExit = true;
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => LeaveAll();
        }

        s_segments[segment.MemoryName] = segment;
        segment.Uses++;
        return segment;
    }

    private static void LeaveAll()
    {
        lock (s_gate)
        {
            foreach (SyncSegment segment in s_segments.Values)
            {
                segment.Leave();
            }
        }
    }

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().ContainsAny('/', '\0') || System.Text.Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            throw new ArgumentException($"A name has 1 to {LongestName} bytes and no '/'; '{name}' has not.", nameof(name));
        }
    }

    private static void ThrowIfNotSupported(ObjectKind kind)
    {
        if (!Parker.UsesFutex)
        {
            throw new PlatformNotSupportedException(
                $"A {kind} between processes needs Linux on a 64-bit machine: futexes and locks of open file descriptions. " +
                "On other systems use the primitives of Telar.Threading within a process, and named ones of System.Threading between processes.");
        }
    }
}
