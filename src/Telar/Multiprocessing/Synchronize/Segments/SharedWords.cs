using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;
using static Telar.Interop;

namespace Telar.Multiprocessing.Synchronize;

// Invariants
//   I1  The mapping outlives every access: each keeps the segment reachable until it is over.
// Locks
//   None.
// Ownership
//   See SyncSegment.

/// <summary>The words of a segment.</summary>
/// <param name="segment">The segment.</param>
/// <remarks><b>Thread safety.</b> All members may be used by any number of threads and processes at once.</remarks>
internal readonly unsafe struct SharedWords(SyncSegment segment) : IWords
{
    private readonly int* _words = segment.Words;

    /// <inheritdoc/>
    public int Self => segment.Self;

    /// <summary>What ends a wait whose segment was closed here; <see langword="null"/> if it was not.</summary>
    /// <remarks>A wait asks this last, after each look at the words: what those of a closed segment say means nothing.</remarks>
    internal ObjectDisposedException? Closed => segment.IsClosed
        ? new ObjectDisposedException(null, "The primitive was disposed in this process while a thread or an await of it waited.")
        : null;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Read(int index)
    {
        int value = Volatile.Read(ref _words[index]);
        GC.KeepAlive(segment);
        return value;
    }

    /// <inheritdoc/>
    public void Write(int index, int value)
    {
        Interlocked.Exchange(ref _words[index], value);
        GC.KeepAlive(segment);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CompareExchange(int index, int value, int expected)
    {
        int before = Interlocked.CompareExchange(ref _words[index], value, expected);
        GC.KeepAlive(segment);
        return before;
    }

    /// <inheritdoc/>
    public int Add(int index, int change)
    {
        int now = Interlocked.Add(ref _words[index], change);
        GC.KeepAlive(segment);
        return now;
    }

    /// <inheritdoc/>
    public void Wake(int index, int count)
    {
        _ = Libc.futex_wake(Libc.SYS_futex, &_words[index], Libc.FUTEX_WAKE, count);
        GC.KeepAlive(segment);
    }

    /// <inheritdoc/>
    public bool IsAlive(int owner) => segment.IsAlive(owner);

    /// <inheritdoc/>
    public int ProcessIdOf(int owner) => segment.ProcessIdOf(owner);

    /// <inheritdoc/>
    public int TakeCrashed() => segment.TakeCrashed();

    /// <inheritdoc/>
    public ValueTask<WaitOutcome> WaitAsync<TWait>(TWait wait, bool blocks, WaitDeadline deadline, CancellationToken cancellationToken)
        where TWait : IWordWait => blocks
            ? new ValueTask<WaitOutcome>(BlockingWait.Run(this, wait, deadline, cancellationToken))
            : PendingWait.RunAsync(this, wait, deadline, cancellationToken);

    /// <summary>Where a word is; valid while the caller keeps these words.</summary>
    internal int* AddressOf(int index) => &_words[index];

    /// <summary>Keeps the words where they are until here.</summary>
    internal void KeepAlive() => GC.KeepAlive(segment);
}
