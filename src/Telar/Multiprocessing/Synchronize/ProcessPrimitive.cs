using System.Diagnostics;
using Telar.Internal.Segments;
using Telar.Multiprocessing.Synchronize;
using Telar.Serialization;

namespace Telar.Multiprocessing;

// Invariants
//   I1  _isDisposed goes from 0 to 1 once; who changes it gives up the segment.
// Locks
//   None.
// Ownership
//   A primitive has counted as one user of its segment (see SyncSegments), and gives that up once.

/// <summary>What locks, semaphores, conditions, events and barriers between processes have in common.</summary>
/// <remarks>
/// <para>
/// Made with <see langword="new"/>, a primitive has no name: captured by a lambda that is sent to another process, or sent as an argument, it
/// arrives there as the same primitive. It goes with the last process that has it, however that ends. The process that sends it must have it
/// until it has arrived. <c>OpenNamed</c> gives primitives that processes of one user find by name.
/// </para>
/// <para>Linux only, on 64-bit machines; elsewhere the constructors throw <see cref="PlatformNotSupportedException"/>.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once, <see cref="Dispose()"/> too.</para>
/// <para><b>Processes.</b> All members may be used by any number of processes at once, up to 1008.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public abstract class ProcessPrimitive : IDisposable
{
    private readonly SharedWords _words;
    private int _isDisposed;

    private protected ProcessPrimitive(SyncSegment segment)
    {
        Segment = segment;
        _words = new SharedWords(segment);
    }

    /// <summary>Lets go of a primitive that nobody uses any more.</summary>
    ~ProcessPrimitive() => Dispose(false);

    /// <summary>The name by which other processes open it; <see langword="null"/> for one that was made without.</summary>
    public string? Name => SyncSegments.UserName(Segment);

    internal SyncSegment Segment { get; }

    private protected SharedWords Words
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
            return _words;
        }
    }

    /// <summary>The words, also of one that is disposed: for texts.</summary>
    private protected SharedWords WordsForText => _words;

    /// <summary>Lets go of the primitive in this process. Other processes keep it.</summary>
    /// <remarks>
    /// What this process holds of it is then abandoned, as if it had been killed, unless another object of this process is the same
    /// primitive. Threads that wait get an <see cref="ObjectDisposedException"/>. Not needed: the collector does it too.
    /// </remarks>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of it.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called; false in the finalizer.</param>
    private protected virtual void Dispose(bool disposing)
    {
        // Null in the finalizer of one whose constructor has thrown.
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0 && Segment is not null)
        {
            SyncSegments.Release(Segment);
        }
    }

    /// <summary>The handle of the memory, written last: whoever reads it counts as a user from there on, and must come to own it.</summary>
    private protected void WriteSegment(GraphEncoder encoder)
    {
        _ = Words;
        encoder.Writer.WriteString(Segment.MemoryName);
    }

    private protected static SyncSegment ReadSegment(GraphDecoder decoder, ObjectKind kind) =>
        SyncSegments.Attach(decoder.Reader.ReadText(), kind);

    /// <summary>The answer of a wait that blocked its thread, and so is over.</summary>
    private protected static T Ended<T>(ValueTask<T> wait) => wait.GetAwaiter().GetResult();
}
