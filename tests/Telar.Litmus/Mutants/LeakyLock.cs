using Telar.Threading;

namespace Telar.Litmus.Mutants;

// Invariants
//   None holds, on purpose: it looks and takes in two steps, and looks for waiters before its release can be seen.

/// <summary>A lock with two faults that can be chosen.</summary>
/// <param name="looksBeforeItTakes">Takes it with a read and a write.</param>
/// <param name="releasesPlainly">Releases with a plain write, and then looks for waiters without a fence: the wake-up can be lost.</param>
internal sealed class LeakyLock(bool looksBeforeItTakes = false, bool releasesPlainly = false) : IAcquirable
{
    private readonly SemaphoreSlim _wake = new(0);

    // In cache lines of their own, as in a careful lock: the read of the one need not wait for the write of the other.
    private readonly int[] _words = new int[96];

    public bool IsLocked => Held == 1;

    private ref int Held => ref _words[32];

    private ref int Waiting => ref _words[64];

    public bool TryAcquire()
    {
        if (!looksBeforeItTakes)
        {
            return Interlocked.CompareExchange(ref Held, 1, 0) == 0;
        }

        if (Volatile.Read(ref Held) != 0)
        {
            return false;
        }

        Volatile.Write(ref Held, 1);
        return true;
    }

    public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        if (TryAcquire())
        {
            return true;
        }

        Interlocked.Increment(ref Waiting);
        try
        {
            while (!TryAcquire())
            {
                if (!_wake.Wait(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            Interlocked.Decrement(ref Waiting);
        }
    }

    public void Release()
    {
        if (releasesPlainly)
        {
            Volatile.Write(ref Held, 0);
        }
        else
        {
            Interlocked.Exchange(ref Held, 0);
        }

        if (Volatile.Read(ref Waiting) > 0)
        {
            _wake.Release();
        }
    }

    public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("No race enters it.");
}
