namespace Telar.Queues;

/// <summary>A queue that counts the items that were put and are not done yet, so that somebody can wait for all of them.</summary>
/// <remarks>
/// <para>
/// Got is not done: who got an item calls <see cref="TaskDone"/> when the work on it is finished. Python: <c>queue.Queue</c>'s
/// <c>task_done</c> and <c>join</c>.
/// </para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once.</para>
/// </remarks>
/// <typeparam name="T">What travels through the queue.</typeparam>
public interface IJoinableQueue<T> : IQueue<T>
{
    /// <summary>How many items were put for which <see cref="TaskDone"/> was not called yet.</summary>
    /// <remarks>Python: <c>Queue.unfinished_tasks</c>.</remarks>
    long UnfinishedCount { get; }

    /// <summary>Says that the work on one item that was got is finished.</summary>
    /// <exception cref="InvalidOperationException">It was called more often than items were put. Nothing changed.</exception>
    /// <remarks>Python: <c>Queue.task_done</c>.</remarks>
    void TaskDone();

    /// <summary>Waits until every item that was put is done.</summary>
    /// <param name="timeout">
    /// How long to wait; <see langword="null"/> or <see cref="Timeout.InfiniteTimeSpan"/> waits for ever, <see cref="TimeSpan.Zero"/> only
    /// looks.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait. The work goes on.</param>
    /// <returns>Whether all were done at one moment of the wait; <see langword="false"/> when the time was over.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <remarks>Python: <c>Queue.join</c>, which knows no timeout.</remarks>
    bool Join(TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Join"/>
    ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default);
}
