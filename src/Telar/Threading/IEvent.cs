namespace Telar.Threading;

/// <summary>A flag that can be waited for.</summary>
/// <remarks>
/// <para>Python: <c>threading.Event</c>. The events of threads and those of processes share it.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
public interface IEvent
{
    /// <summary>Whether the flag is set at this moment.</summary>
    bool IsSet { get; }

    /// <summary>Sets the flag. Everybody who waits goes on, even when <see cref="Clear"/> follows at once.</summary>
    void Set();

    /// <summary>Takes the flag back: who comes to wait from now on, waits.</summary>
    void Clear();

    /// <summary>Waits until the flag is set.</summary>
    /// <param name="timeout">
    /// How long to wait; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> waits for ever, <see cref="TimeSpan.Zero"/> only
    /// looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether the flag was set; <see langword="false"/> when the time was over.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    bool Wait(TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Wait"/>
    ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default);
}
