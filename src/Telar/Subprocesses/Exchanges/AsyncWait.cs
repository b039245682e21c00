using Telar.Internal.Waiting;

namespace Telar.Subprocesses.Exchanges;

/// <summary>Waits for a task until a moment.</summary>
internal static class AsyncWait
{
    // A task can be waited for 49 days at a time.
    private static readonly TimeSpan s_longestTurn = TimeSpan.FromDays(20);

    /// <summary>Waits.</summary>
    /// <param name="task">For what; what it throws is thrown.</param>
    /// <param name="deadline">Until when.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the task has ended; false when the time was up first.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    internal static async Task<bool> UntilAsync(Task task, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan left = deadline.Remaining;
            try
            {
                await task.WaitAsync(left < s_longestTurn ? left : s_longestTurn, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (TimeoutException) when (!task.IsFaulted)
            {
                if (deadline.IsOver)
                {
                    return false;
                }
            }
        }
    }
}
