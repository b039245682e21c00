using Telar.Internal.Waiting;

namespace Telar.Queues.Waiting;

/// <summary>What a queue of this process can do beyond its public members, for selections and channels.</summary>
internal interface ILocalQueue<T> : IQueue<T>, IWaitOwner
{
    /// <summary>What ended the queue, if its channel writer was completed with an exception.</summary>
    Exception? Failure { get; }

    /// <summary>How many wait at this queue at this moment, for whatever.</summary>
    int WaitingCount { get; }

    bool TryPeek([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item);

    /// <summary>Takes an item for <paramref name="place"/> if it can still be claimed, or lists the waiter, whose payload the place is.</summary>
    GetAttempt TryGetOrEnlist(Waiter waiter, ItemPlace<T> place);

    /// <summary>Waits until there is an item, without taking it.</summary>
    /// <returns><see langword="false"/> when the queue is shut down and drained.</returns>
    ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken);

    /// <summary>Waits until there is room, without taking it.</summary>
    /// <returns><see langword="false"/> when the queue is shut down.</returns>
    ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken);

    /// <summary>Shuts the queue down.</summary>
    /// <returns>Whether this call did.</returns>
    bool EndTaking(Exception? failure);

    /// <summary>Completed when the queue is shut down and drained.</summary>
    Task WhenEndedAsync();
}
