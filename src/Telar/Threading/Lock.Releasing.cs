using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;

namespace Telar.Threading;

// The state machine and its invariants are in Lock.Waiting.cs.

public sealed partial class Lock
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReleaseSlow()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if ((state & Held) == 0)
            {
                throw Describe.NotHeld(this);
            }

            if ((state & HandOver) != 0)
            {
                if (TryHandOver())
                {
                    return;
                }
            }
            else if (Interlocked.CompareExchange(ref _state, state & ~Held, state) == state)
            {
                if ((state & (Queued | Woken)) == Queued)
                {
                    WakeFirst();
                }

                return;
            }
        }
    }

    /// <summary>Gives the lock, which the caller holds, to the first of the queue.</summary>
    private bool TryHandOver()
    {
        Waiter? first = null;
        _latch.Enter();
        if ((Volatile.Read(ref _state) & (Held | HandOver)) == (Held | HandOver))
        {
            first = _waiters.TakeFirst();
            UpdateFlags_NeedsLatch();
        }

        _latch.Exit();
        if (first is null)
        {
            return false;
        }

        Give(first);
        return true;
    }

    /// <summary>Ends what I1 forbids to last: a free lock with waiters of whom none is awake.</summary>
    private void WakeFirst()
    {
        Waiter? first = null;
        bool given = false;
        _latch.Enter();
        int state = Volatile.Read(ref _state);
        while ((state & (Held | Queued | Woken)) == Queued)
        {
            given = (state & HandOver) != 0;
            int before = Interlocked.CompareExchange(ref _state, state | (given ? Held : Woken), state);
            if (before == state)
            {
                first = _waiters.TakeFirst();
                UpdateFlags_NeedsLatch();
                break;
            }

            state = before;
        }

        _latch.Exit();
        if (given && first is not null)
        {
            Give(first);
        }
        else
        {
            first?.Complete(WaitOutcome.Retry);
        }
    }

    // A thread counts itself when it wakes up; an await may not run for long.
    private void Give(Waiter waiter)
    {
        _tally.Add(waiter.Since);
        if (waiter is AsyncWaiter)
        {
            OnAcquiredByAwait();
        }

        waiter.Complete(WaitOutcome.Granted);
    }
}
