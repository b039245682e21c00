namespace Telar.Internal.Waiting;

// Invariants
//   I1-I3 of Parker. The kernel compares the word with Sleeping under its own lock, so a permit that comes between our exchange and its
//   look lets the call return at once.
// Ownership
//   The word lives as long as this object: whoever can call Unpark holds it. It fills a cache line of its own.

/// <summary>Sleeps in the futex call of Linux.</summary>
internal sealed unsafe class FutexParker : Parker
{
    private const int Idle = 0;
    private const int Permit = 1;
    private const int Sleeping = 2;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int CacheLine = 128;

    // Pinned: the kernel is given its address.
    private readonly byte[] _memory = GC.AllocateArray<byte>(2 * CacheLine, pinned: true);
    private readonly int* _word;

    internal FutexParker()
    {
        nint start = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _memory[0]);
        _word = (int*)((start + CacheLine - 1) & -CacheLine);
    }

    /// <inheritdoc/>
    internal override void Park(WaitDeadline deadline)
    {
        if (Interlocked.CompareExchange(ref *_word, Sleeping, Idle) == Idle)
        {
            Interop.Libc.Timespec end = new()
            {
                Seconds = deadline.Timestamp / NanosecondsPerSecond,
                Nanoseconds = deadline.Timestamp % NanosecondsPerSecond,
            };
            _ = Interop.Libc.futex_wait(
                Interop.Libc.SYS_futex, _word, Interop.Libc.FUTEX_WAIT_BITSET_PRIVATE, Sleeping, deadline.IsNever ? null : &end, 0, -1);
        }

        Interlocked.Exchange(ref *_word, Idle);
    }

    /// <inheritdoc/>
    internal override void Unpark()
    {
        if (Interlocked.Exchange(ref *_word, Permit) == Sleeping)
        {
            _ = Interop.Libc.futex_wake(Interop.Libc.SYS_futex, _word, Interop.Libc.FUTEX_WAKE_PRIVATE, 1);
        }

        GC.KeepAlive(this);
    }
}
