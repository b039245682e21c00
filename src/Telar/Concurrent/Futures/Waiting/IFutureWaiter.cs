namespace Telar.Concurrent.Futures.Waiting;

/// <summary>Something that a future tells of its end, once.</summary>
internal interface IFutureWaiter
{
    /// <summary>
    /// Whether <see cref="Notify"/> runs user code. All others are told first: a callback that takes its time, or waits for a thread
    /// that waits for this future, holds nobody up.
    /// </summary>
    bool RunsUserCode { get; }

    /// <summary>What this is one of the waiters of, if it looks for duplicates by <see cref="Future.IsAwaitedBy"/>.</summary>
    object? Whole => null;

    /// <summary>Called on the thread that ended <paramref name="future"/>, without any lock. Must not throw.</summary>
    void Notify(Future future);
}
