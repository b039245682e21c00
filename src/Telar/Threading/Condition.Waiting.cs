using System.Diagnostics;
using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;

namespace Telar.Threading;

// The invariants are in Condition.cs.

public sealed partial class Condition
{
    private Latch _latch;
    private WaitQueue _waiters;
    private SpinGuide _spin;
    private WaitTally _tally;

    /// <summary>Releases the lock, waits for a notification, and acquires the lock again.</summary>
    /// <param name="timeout">
    /// How long to wait for the notification; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> waits for ever,
    /// <see cref="TimeSpan.Zero"/> only lets others have the lock for a moment. The time to get the lock back is not limited.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait for the notification.</param>
    /// <returns>Whether it was notified; <see langword="false"/> when the time was over. The caller holds the lock in both cases.</returns>
    /// <exception cref="SynchronizationLockException">The caller does not hold the lock.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, and used up no notification. The caller holds the lock.</exception>
    /// <remarks>
    /// A re-entrant lock is released however deep it is held, and is held as deep afterwards. Python: <c>Condition.wait</c>.
    /// </remarks>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfNotHeld(nameof(Wait));
        return WaitHeld(WaitDeadline.After(timeout), cancellationToken);
    }

    /// <inheritdoc cref="Wait"/>
    /// <exception cref="InvalidOperationException">The lock belongs to threads, so that no await can hold it.</exception>
    public ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        IAsyncAcquirable held = AsyncLock(nameof(WaitAsync));
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        ThrowIfNotHeld(nameof(WaitAsync));
        return WaitHeldAsync(held, WaitDeadline.After(timeout), cancellationToken);
    }

    /// <summary>Waits until <paramref name="predicate"/> returns something other than its type's default.</summary>
    /// <typeparam name="TResult">
    /// What it returns: <see langword="bool"/>, or for example something that is <see langword="null"/> as long as there is none.
    /// </typeparam>
    /// <param name="predicate">
    /// Looks whether what is waited for is there. Called while the lock is held: at once, and after each notification.
    /// </param>
    /// <param name="timeout">How long to wait in all, as in <see cref="Wait"/>; the predicate is called at least once.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The last value of the predicate: the default when the time was over.</returns>
    /// <exception cref="SynchronizationLockException">The caller does not hold the lock.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. The caller holds the lock.</exception>
    /// <remarks>What the predicate throws comes out, with the lock held. Python: <c>Condition.wait_for</c>.</remarks>
    public TResult WaitFor<TResult>(Func<TResult> predicate, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        WaitDeadline.Check(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfNotHeld(nameof(WaitFor));
        TResult result = predicate();
        if (IsDefault(result) && timeout != TimeSpan.Zero)
        {
            WaitDeadline deadline = WaitDeadline.After(timeout);
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                WaitHeld(deadline, cancellationToken);
                result = predicate();
            }
            while (IsDefault(result) && !deadline.IsOver);
        }

        return result;
    }

    /// <inheritdoc cref="WaitFor"/>
    /// <exception cref="InvalidOperationException">The lock belongs to threads, so that no await can hold it.</exception>
    public ValueTask<TResult> WaitForAsync<TResult>(
        Func<TResult> predicate, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        WaitDeadline.Check(timeout);
        IAsyncAcquirable held = AsyncLock(nameof(WaitForAsync));
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<TResult>(cancellationToken);
        }

        ThrowIfNotHeld(nameof(WaitForAsync));
        return WaitForHeldAsync(held, predicate, WaitDeadline.After(timeout), cancellationToken);
    }

    /// <inheritdoc/>
    bool IWaitOwner.TryWithdraw(Waiter waiter)
    {
        _latch.Enter();
        bool removed = !waiter.IsCommitted && _waiters.TryRemove(waiter);
        _latch.Exit();
        if (removed)
        {
            _tally.Add(waiter.Since);
        }

        return removed;
    }

    /// <inheritdoc/>
    string[] IWaitSource.WaiterTexts() => Describe.Waiters(ref _latch, ref _waiters);

    private static bool IsDefault<TResult>(TResult result) => EqualityComparer<TResult>.Default.Equals(result, default);

    private bool WaitHeld(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        ThreadWaiter waiter = ThreadWaiter.Rent(this, "for a notification of");
        int depth = QueueAndRelease(waiter);
        WaitOutcome outcome = waiter.Wait(deadline, cancellationToken, ref _spin);

        bool hasCore = waiter.IsCommitted;
        if (hasCore)
        {
            _owned!.Core.TakeAdopted(waiter, outcome); // who commits a waiter gives it to this lock
            outcome = WaitOutcome.Granted;
        }

        // Before the lock is waited for: that wait needs the thread's waiter.
        waiter.Return();
        if (_owned is not null)
        {
            _owned.Restore(depth, hasCore);
        }
        else
        {
            _lock.Acquire(cancellationToken: CancellationToken.None);
        }

        return outcome.IsGranted(cancellationToken);
    }

    private ValueTask<bool> WaitHeldAsync(IAsyncAcquirable held, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        AsyncWaiter waiter = AsyncWaiter.Rent(this, "for a notification of");
        ValueTask<WaitOutcome> notified = waiter.OutcomeTask;
        QueueAndRelease(waiter);
        waiter.Arm(deadline, cancellationToken);
        return FinishAsync(held, waiter, notified, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> FinishAsync(
        IAsyncAcquirable held, AsyncWaiter waiter, ValueTask<WaitOutcome> notified, CancellationToken cancellationToken)
    {
        WaitOutcome outcome = await notified.ConfigureAwait(false);
        bool hasLock = waiter.IsCommitted;
        waiter.Recycle();
        if (!hasLock)
        {
            await held.AcquireAsync(cancellationToken: CancellationToken.None).ConfigureAwait(false);
        }

        return outcome.IsGranted(cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResult> WaitForHeldAsync<TResult>(
        IAsyncAcquirable held, Func<TResult> predicate, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        TResult result = predicate();
        while (IsDefault(result) && !deadline.IsOver)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await WaitHeldAsync(held, deadline, cancellationToken).ConfigureAwait(false);
            result = predicate();
        }

        return result;
    }

    private int QueueAndRelease(Waiter waiter)
    {
        _latch.Enter();
        _waiters.Append(waiter);
        _latch.Exit();
        try
        {
            if (_owned is not null)
            {
                return _owned.ReleaseAll();
            }

            _lock.Release();
            return 0;
        }
        catch
        {
            // Another lock than ours, or another thread's Release in between. If nobody has notified the waiter, it goes as if it had
            // never come; if somebody has, it must take what it was given, and this was a wait like any other.
            if (((IWaitOwner)this).TryWithdraw(waiter))
            {
                (waiter as ThreadWaiter)?.Return();
                throw;
            }

            return 1;
        }
    }

    private void WakeUp(int count)
    {
        if (_waiters.IsEmpty)
        {
            return;
        }

        // Woken now, they would find the lock held and sleep again: they queue for it instead. The detector wants to see them ask for it.
        Lock? core = LockTracking.IsOn ? null : _owned?.Core;
        _latch.Enter();
        Waiter? waiters = _waiters.TakeAll(count);
        for (Waiter? waiter = waiters; waiter is not null; waiter = waiter.Next)
        {
            waiter.IsCommitted = core is not null;
        }

        _latch.Exit();
        while (waiters is not null)
        {
            Waiter? next = waiters.Next;
            waiters.Next = null;
            _tally.Add(waiters.Since);
            if (core is null)
            {
                waiters.Complete(WaitOutcome.Granted);
            }
            else
            {
                waiters.Since = Stopwatch.GetTimestamp();
                waiters.Purpose = "for the lock, notified, of";
                core.Adopt(waiters);
            }

            waiters = next;
        }
    }

    private void ThrowIfNotHeld(string member)
    {
        bool isHeld = _owned is not null ? _owned.IsHeldByCaller : _lock.IsLocked;
        if (!isHeld)
        {
            throw Describe.NotEntered(this, member);
        }
    }

    private IAsyncAcquirable AsyncLock(string member) => _lock as IAsyncAcquirable ?? throw Describe.LockOfThreads(this, member);
}
