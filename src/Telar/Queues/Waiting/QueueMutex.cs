using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;

namespace Telar.Queues.Waiting;

// Invariants
//   I1  _owner is the managed id of the thread inside, or 0. The write of Exit is a release and pairs with the exchange of Enter.
// Locks
//   A leaf, but for the hooks of derived queues and the comparers of users, which are documented to run under it.

/// <summary>The mutex of a queue: one atomic operation to enter, none to leave. It knows its owner, to refuse what would hang.</summary>
/// <remarks>
/// A field of its queue; never copied, never read-only. Plain queues have a <see cref="Latch"/> at each end instead: here the code of users
/// can come back to the queue, and must get an exception.
/// </remarks>
internal struct QueueMutex
{
    private const int SpinsBeforeYield = 10;

    private int _owner;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        int me = Environment.CurrentManagedThreadId;
        if (Interlocked.CompareExchange(ref _owner, me, 0) != 0)
        {
            EnterSlowly(me);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => Volatile.Write(ref _owner, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterSlowly(int me)
    {
        if (Volatile.Read(ref _owner) == me)
        {
            throw new LockRecursionException(
                "A hook or a comparer of a queue called its own queue, which would wait for itself for ever. Hooks and comparers run under " +
                "the mutex of the queue: move the call out of them.");
        }

        int spins = SpinGuide.HasOneProcessor ? SpinsBeforeYield : 0;
        do
        {
            while (Volatile.Read(ref _owner) != 0)
            {
                if (spins < SpinsBeforeYield)
                {
                    // Longer each time: a loser that keeps asking takes the cache line from the winner.
                    Thread.SpinWait(4 << Math.Min(spins, 5));
                    spins++;
                }
                else
                {
                    Thread.Yield();
                }
            }
        }
        while (Interlocked.CompareExchange(ref _owner, me, 0) != 0);
    }
}
