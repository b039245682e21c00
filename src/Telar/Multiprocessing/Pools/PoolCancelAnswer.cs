namespace Telar.Multiprocessing.Pools;

/// <summary>The answer to <see cref="PoolCore.Cancel"/>.</summary>
internal enum PoolCancelAnswer
{
    /// <summary>The call was pending and has ended as <see cref="PoolCallOutcome.Cancelled"/>.</summary>
    Cancelled,

    /// <summary>
    /// Under way. A call that was sent and has not started is being taken back and ends as cancelled if that succeeds; a
    /// running call is asked to stop, then killed. Look at its state again once the issued commands are executed.
    /// </summary>
    Requested,

    /// <summary>It has ended, or it runs and only a pending call was to be cancelled.</summary>
    TooLate,
}
