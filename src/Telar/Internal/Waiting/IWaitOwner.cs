namespace Telar.Internal.Waiting;

/// <summary>What waiters wait at: the owner of their queue, and of the latch that guards it.</summary>
internal interface IWaitOwner
{
    /// <summary>Takes a waiter out of its queue because its time is over or its token was cancelled.</summary>
    /// <param name="waiter">A waiter that was put into a queue of this owner.</param>
    /// <returns>
    /// Whether it was still queued. If so, nobody but the caller will end this wait; if not, somebody took it out before, and is about to
    /// call <see cref="Waiter.Complete"/>.
    /// </returns>
    bool TryWithdraw(Waiter waiter);
}
