using Telar.Internal.Waiting;

namespace Telar.Multiprocessing;

public sealed partial class Condition
{
    /// <summary>Releases the lock, waits for a notification, and takes the lock again.</summary>
    /// <param name="timeout">
    /// How long to wait for the notification; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Getting the
    /// lock back is not limited.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait for the notification.</param>
    /// <returns>Whether it was notified; <see langword="false"/> when the time was over. The caller holds the lock in both cases.</returns>
    /// <exception cref="SynchronizationLockException">The caller does not hold the lock.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled, and used up no notification. The caller holds the lock.</exception>
    /// <exception cref="InvalidOperationException">1024 waiters wait already. The caller holds the lock.</exception>
    /// <exception cref="ObjectDisposedException">The condition was disposed meanwhile. The caller holds the lock, if that was not disposed too.</exception>
    /// <exception cref="Exception">
    /// Whatever a handler of <see cref="OwnedLock.Abandoned"/> threw when the lock was taken again. The caller holds the lock; a notification
    /// goes to the next waiter.
    /// </exception>
    /// <remarks>
    /// A re-entrant lock is released however deep it is held, and is held as deep afterwards. Python: <c>Condition.wait</c>.
    /// </remarks>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfNotHeld(nameof(Wait));
        return Ended(WaitHeldAsync(blocks: true, WaitDeadline.After(timeout), cancellationToken));
    }

    /// <inheritdoc cref="Wait"/>
    /// <exception cref="InvalidOperationException">The lock belongs to threads, so that no await can hold it.</exception>
    public ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline.Check(timeout);
        _ = AsyncLock(nameof(WaitAsync));
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        ThrowIfNotHeld(nameof(WaitAsync));
        return WaitHeldAsync(blocks: false, WaitDeadline.After(timeout), cancellationToken);
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
        return Ended(WaitForHeldAsync(predicate, blocks: true, WaitDeadline.After(timeout), cancellationToken));
    }

    /// <inheritdoc cref="WaitFor"/>
    /// <exception cref="InvalidOperationException">The lock belongs to threads, so that no await can hold it.</exception>
    public ValueTask<TResult> WaitForAsync<TResult>(
        Func<TResult> predicate, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        WaitDeadline.Check(timeout);
        _ = AsyncLock(nameof(WaitForAsync));
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<TResult>(cancellationToken);
        }

        ThrowIfNotHeld(nameof(WaitForAsync));
        return WaitForHeldAsync(predicate, blocks: false, WaitDeadline.After(timeout), cancellationToken);
    }

    private static bool IsDefault<TResult>(TResult result) => EqualityComparer<TResult>.Default.Equals(result, default);

    private async ValueTask<bool> WaitHeldAsync(bool blocks, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        WaitOutcome outcome = await Protocol.WaitAsync(Held, blocks, deadline, cancellationToken).ConfigureAwait(false);
        return outcome.IsGranted(cancellationToken);
    }

    private async ValueTask<TResult> WaitForHeldAsync<TResult>(
        Func<TResult> predicate, bool blocks, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        TResult result = predicate();
        while (IsDefault(result) && !deadline.IsOver)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await WaitHeldAsync(blocks, deadline, cancellationToken).ConfigureAwait(false);
            result = predicate();
        }

        return result;
    }
}
