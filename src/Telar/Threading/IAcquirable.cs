namespace Telar.Threading;

/// <summary>Something that is held for a while and given back: a lock, or one unit of a semaphore.</summary>
/// <remarks>
/// <para>
/// The contract of <see cref="System.Threading"/>'s locks and of Python's: <c>acquire</c>, <c>release</c> and the <c>with</c> statement,
/// which is <see cref="Enter"/> in a <c>using</c>. The primitives of threads and those of processes share it.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public interface IAcquirable
{
    /// <summary>Whether nothing is left to acquire at this moment. It may have changed when the caller looks at the answer.</summary>
    /// <remarks>Python: <c>Lock.locked</c>.</remarks>
    bool IsLocked { get; }

    /// <summary>Waits until it can be had, and takes it.</summary>
    /// <param name="timeout">
    /// How long to wait; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> waits for ever, <see cref="TimeSpan.Zero"/> only
    /// looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait; nothing is taken then.</param>
    /// <returns>Whether it was taken; <see langword="false"/> when the time was over.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. Nothing was taken.</exception>
    /// <remarks>Python: <c>Lock.acquire</c>, <c>Semaphore.acquire</c>.</remarks>
    bool Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>Takes it if it can be had at once.</summary>
    /// <returns>Whether it was taken.</returns>
    /// <remarks>Python: <c>acquire(blocking=False)</c>.</remarks>
    bool TryAcquire();

    /// <summary>Gives back what was acquired. Who waits next, gets it.</summary>
    /// <exception cref="SynchronizationLockException">It is not held, or not by the caller where that matters. Nothing changed.</exception>
    void Release();

    /// <summary>Waits like <see cref="Acquire"/>, for a <c>using</c> statement that releases at its end.</summary>
    /// <param name="timeout">As in <see cref="Acquire"/>.</param>
    /// <param name="cancellationToken">Cancels the wait; nothing is taken then.</param>
    /// <returns>What releases when it is disposed. Dispose it once.</returns>
    /// <exception cref="TimeoutException">The time was over. Nothing was taken.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. Nothing was taken.</exception>
    /// <remarks>Python: the <c>with</c> statement.</remarks>
    LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default);
}
