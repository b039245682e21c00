namespace Telar.Threading;

/// <summary>A place where a fixed number of parties wait for each other, again and again.</summary>
/// <remarks>
/// <para>Python: <c>threading.Barrier</c>. The barriers of threads and those of processes share it.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public interface IBarrier
{
    /// <summary>How many parties it takes to pass, at least 1.</summary>
    int Parties { get; }

    /// <summary>How many parties wait now for the others; 0 while a full set is leaving.</summary>
    int WaitingCount { get; }

    /// <summary>Whether it is broken: by a time that was over, a cancelled wait, a failed action or <see cref="Abort"/>.</summary>
    bool IsBroken { get; }

    /// <summary>Waits for the other parties.</summary>
    /// <param name="timeout">
    /// How long to wait; <see langword="null"/> takes the barrier's own limit, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait, which breaks the barrier: the others would wait in vain.</param>
    /// <returns>A number from 0 to <see cref="Parties"/> - 1, another one for each party.</returns>
    /// <exception cref="BrokenBarrierException">The barrier is broken, or was broken or reset during the wait.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">This wait was cancelled. The barrier is broken.</exception>
    int Wait(TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Wait"/>
    ValueTask<int> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>Makes it new, also when it was broken. Parties that wait now get a <see cref="BrokenBarrierException"/>.</summary>
    void Reset();

    /// <summary>Breaks it: who waits, and who comes, gets a <see cref="BrokenBarrierException"/>, until <see cref="Reset"/>.</summary>
    void Abort();
}
