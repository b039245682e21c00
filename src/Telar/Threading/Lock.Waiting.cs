using System.Diagnostics;
using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;

namespace Telar.Threading;

// State machine (one word, _state; the proof is in docs/design/waiting.md#the-lock)
//
//    bit 0  Held      somebody has it
//    bit 1  Queued    the queue is not empty
//    bit 2  Woken     a waiter was taken out of the queue to try its luck, and has not yet taken the lock or queued again
//    bit 3  HandOver  the first of the queue must be given the lock: it is an await, or has lost too often, or the lock is fair
//
//    free --Acquire: one exchange--> Held --Release: one exchange--> free
//    Held|Queued           --Release--> Queued|Woken        the first is woken, and competes with whoever comes
//    Held|Queued|HandOver  --Release--> Held|...            the first has it; the lock was never free
//
// Invariants
//   I1  Queued without Held and Woken does not last: who makes it (a release) calls WakeFirst, which ends it.
//   I2  Queued, Woken and HandOver change only under _latch (Woken also together with Held, by the one it stands for); Held also outside.
//       All changes are exchanges of the whole word, so that who changes a flag knows what Held was at that moment.
//   I3  A waiter queues only by an exchange that finds Held and clears no Held: that holder's release sees Queued.
//   I4  _acquisitions is written only by who holds the lock, or is handing it over.
// Locks
//   _latch guards the queue. It is a leaf; waiters are completed outside of it.
// Ownership
//   A waiter is completed by who took it out of the queue.

public sealed partial class Lock
{
    private const int Held = 1;
    private const int Queued = 2;
    private const int Woken = 4;
    private const int HandOver = 8;

    // A waiter who has lost so often, and waited so long, is handed the lock.
    private const int LossesAllowed = 3;
    private static readonly long s_patience = Stopwatch.Frequency / 200;

    // Together about 20 microseconds.
    private const int SpinRounds = 40;
    private const int LongestPause = 16;

    private readonly bool _isFair;
    private readonly ITrackedLock _subject;
    private int _state;
    private long _acquisitions;
    private Latch _latch;
    private WaitQueue _waiters;
    private SpinGuide _spin;
    private WaitTally _tally;

    /// <inheritdoc/>
    bool IWaitOwner.TryWithdraw(Waiter waiter)
    {
        _latch.Enter();
        bool removed = _waiters.TryRemove(waiter);
        if (removed)
        {
            UpdateFlags_NeedsLatch();
        }

        _latch.Exit();
        if (removed)
        {
            _tally.Add(waiter.Since);
        }

        return removed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void OnAcquired()
    {
        _acquisitions++;
        if (LockTracking.IsOn)
        {
            LockTracking.Acquired(_subject, byAwait: false);
        }
    }

    private void OnAcquiredByAwait()
    {
        _acquisitions++;
        if (LockTracking.IsOn)
        {
            LockTracking.Acquired(_subject, byAwait: true);
        }
    }

    /// <inheritdoc/>
    string[] IWaitSource.WaiterTexts() => Describe.Waiters(ref _latch, ref _waiters);

    private bool TryTakeForAwait()
    {
        if (!TryBarge())
        {
            return false;
        }

        OnAcquiredByAwait();
        return true;
    }

    /// <summary>Takes a lock that is free, also when others wait for it.</summary>
    private bool TryBarge()
    {
        int state = Volatile.Read(ref _state);
        while ((state & Held) == 0)
        {
            int before = Interlocked.CompareExchange(ref _state, state | Held, state);
            if (before == state)
            {
                return true;
            }

            state = before;
        }

        return false;
    }

    /// <summary>As <see cref="TryBarge"/>, for the one whom Woken stands for: it falls with the taking.</summary>
    private bool TryTakeAsWoken()
    {
        int state = Volatile.Read(ref _state);
        while ((state & Held) == 0)
        {
            int before = Interlocked.CompareExchange(ref _state, (state | Held) & ~Woken, state);
            if (before == state)
            {
                return true;
            }

            state = before;
        }

        return false;
    }

    /// <summary>Waits for a lock that was held a moment ago.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool AcquireSlow(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        if (SpinToTake(isWoken: false))
        {
            OnAcquired();
            return true;
        }

        if (LockTracking.IsOn)
        {
            LockTracking.Waiting(_subject, deadline);
        }

        ThreadWaiter waiter = ThreadWaiter.Rent(this, "to acquire");
        WaitOutcome outcome = WaitInQueue(waiter, deadline, cancellationToken);
        waiter.Return();
        if (LockTracking.IsOn)
        {
            LockTracking.NoLongerWaiting();
        }

        if (outcome == WaitOutcome.Cancelled)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        if (outcome == WaitOutcome.TimedOut)
        {
            return false;
        }

        OnAcquired();
        return true;
    }

    /// <summary>
    /// Queues a waiter of a condition, which its caller has notified while it holds this lock: it gets the lock in its turn.
    /// </summary>
    internal void Adopt(Waiter waiter)
    {
        waiter.Tag = waiter is AsyncWaiter ? HandOver : 0;
        if (!TryQueue(waiter, isWoken: false))
        {
            // Somebody has released the lock under the notifier's hands.
            Give(waiter);
        }
    }

    /// <summary>For an adopted thread that was completed: afterwards it has the lock.</summary>
    internal void TakeAdopted(ThreadWaiter waiter, WaitOutcome outcome)
    {
        Compete(waiter, outcome, WaitDeadline.Never, CancellationToken.None);
        OnAcquired();
    }

    private WaitOutcome WaitInQueue(ThreadWaiter waiter, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        waiter.Tag = 0;
        return TryQueue(waiter, isWoken: false)
            ? Compete(waiter, waiter.Wait(deadline, cancellationToken), deadline, cancellationToken)
            : WaitOutcome.Granted;
    }

    private WaitOutcome Compete(
        ThreadWaiter waiter, WaitOutcome outcome, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        for (int losses = 0; outcome == WaitOutcome.Retry; losses++)
        {
            _spin.WokenFrom(waiter.WakerProcessor);
            if (TryTakeAsWoken() || SpinToTake(isWoken: true))
            {
                _tally.Add(waiter.Since);
                return WaitOutcome.Granted;
            }

            waiter.Rearm();
            waiter.Tag = losses >= LossesAllowed && Stopwatch.GetTimestamp() - waiter.Since > s_patience ? HandOver : 0;
            if (!TryQueue(waiter, isWoken: true))
            {
                _tally.Add(waiter.Since);
                return WaitOutcome.Granted;
            }

            outcome = waiter.Wait(deadline, cancellationToken);
        }

        return outcome;
    }

    private ValueTask<bool> AcquireSlowAsync(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        AsyncWaiter waiter = AsyncWaiter.Rent(this, "to acquire");
        ValueTask<bool> task = waiter.Task;
        waiter.Tag = HandOver;
        if (!TryQueue(waiter, isWoken: false))
        {
            waiter.Recycle();
            OnAcquiredByAwait();
            return new ValueTask<bool>(true);
        }

        waiter.Arm(deadline, cancellationToken);
        return task;
    }

    /// <summary>Queues the waiter if the lock is held, and otherwise takes the lock.</summary>
    /// <returns>Whether it is queued; when not, the lock is the caller's.</returns>
    private bool TryQueue(Waiter waiter, bool isWoken)
    {
        int fallen = isWoken ? Woken : 0;
        _latch.Enter();
        bool isFirst = isWoken || _waiters.IsEmpty;
        int flags = Queued | (isFirst ? FlagOf(waiter) : 0);
        while (true)
        {
            // A first one without the wish takes the place of one that may have had it.
            int state = Volatile.Read(ref _state);
            bool isHeld = (state & Held) != 0;
            int next = isHeld ? ((isFirst ? state & ~HandOver : state) | flags) & ~fallen : (state | Held) & ~fallen;
            if (Interlocked.CompareExchange(ref _state, next, state) != state)
            {
                continue;
            }

            if (isHeld && isWoken)
            {
                _waiters.Prepend(waiter);
            }
            else if (isHeld)
            {
                _waiters.Append(waiter);
            }

            _latch.Exit();
            return isHeld;
        }
    }

    private int FlagOf(Waiter waiter) => _isFair ? HandOver : waiter.Tag;

    private bool SpinToTake(bool isWoken)
    {
        if ((_isFair && !isWoken && !_waiters.IsEmpty) || !_spin.ShouldSpin())
        {
            return false;
        }

        int pause = 1;
        for (int i = 0; i < SpinRounds; i++)
        {
            if (isWoken ? TryTakeAsWoken() : TryBarge())
            {
                _spin.Report(success: true);
                return true;
            }

            System.Threading.Thread.SpinWait(pause);
            pause = Math.Min(2 * pause, LongestPause);
        }

        _spin.Report(success: false);
        return false;
    }

    private void UpdateFlags_NeedsLatch()
    {
        int flags = _waiters.First is { } first ? Queued | FlagOf(first) : 0;
        int state = Volatile.Read(ref _state);
        while (true)
        {
            int before = Interlocked.CompareExchange(ref _state, (state & (Held | Woken)) | flags, state);
            if (before == state)
            {
                return;
            }

            state = before;
        }
    }
}
