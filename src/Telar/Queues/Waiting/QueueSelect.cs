using System.Runtime.ExceptionServices;
using Telar.Internal.Waiting;

namespace Telar.Queues.Waiting;

// State machine (_winner, changed once, by compare-and-swap)
//
//            a queue that has an item claims it                        the item is handed over, then _waiter is completed
//   Open ----------------------------------------> index of the queue ----------------------------------------------------> over
//    |
//    +---- time over, cancelled -----------------> GivenUp ----------------------------------------------------------------> over
//    +---- the last queue that was open ends ----> AllEnded ----- _waiter is completed ------------------------------------> over
//
// Invariants
//   I1  An item is taken out of a queue for this selection only after its claim succeeded, under that queue's mutex. One claim succeeds,
//       so at most one item is taken; and who claims has the item in hand, so none is lost.
//   I2  _waiter is in no list. Who changed _winner from Open ends its wait, nobody else.
//   I3  _open is 1 (until every queue was asked) + the number of queues that may still give something.
// Ownership
//   Each queue lists a node of its own. When the wait is over, its thread takes the nodes that are left out of their queues.

/// <summary>One wait at several queues for one item.</summary>
internal sealed class QueueSelect<T> : IWaitOwner
{
    private const int Open = -1;
    private const int GivenUp = -2;
    private const int AllEnded = -3;

    private readonly ILocalQueue<T>[] _queues;
    private readonly SelectNode<T>?[] _nodes;
    private Waiter? _waiter;
    private int _winner = Open;
    private int _open = 1;
    private SpinGuide _spin;

    public QueueSelect(IEnumerable<IQueue<T>> queues)
    {
        ArgumentNullException.ThrowIfNull(queues);
        _queues = [.. queues.Select(Local)];
        if (_queues.Length == 0)
        {
            throw new ArgumentException("Select waits at queues, but was given none.", nameof(queues));
        }

        _nodes = new SelectNode<T>?[_queues.Length];

        static ILocalQueue<T> Local(IQueue<T> queue, int index) => queue switch
        {
            ILocalQueue<T> local => local,
            null => throw new ArgumentException($"Queue {index} given to Select is null.", nameof(queues)),
            _ => throw new ArgumentException(
                $"Select waits at queues between threads, but queue {index} is a {queue.GetType()}. Read that one with a task that puts " +
                "its items into a SimpleQueue, and select from this.",
                nameof(queues)),
        };
    }

    /// <summary>The way without a wait, and without a node.</summary>
    public bool TryNow(out QueueSelection<T> selection)
    {
        for (int i = 0; i < _queues.Length; i++)
        {
            if (_queues[i].TryGet(out T? item))
            {
                selection = new QueueSelection<T>(i, _queues[i], item);
                return true;
            }
        }

        selection = default;
        return false;
    }

    public QueueSelection<T> Wait(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        ThrowIfOnlyLooking(deadline);
        ThreadWaiter waiter = ThreadWaiter.Rent(this, QueueText.ToGet);
        _waiter = waiter;
        try
        {
            ListNodes();
            return Result(waiter.Wait(deadline, cancellationToken, ref _spin), cancellationToken);
        }
        finally
        {
            UnlistNodes();
            waiter.Return();
        }
    }

    public async ValueTask<QueueSelection<T>> WaitAsync(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        ThrowIfOnlyLooking(deadline);
        AsyncWaiter waiter = AsyncWaiter.Rent(this, QueueText.ToGet);
        _waiter = waiter;
        ValueTask<WaitOutcome> done = waiter.OutcomeTask;
        try
        {
            ListNodes();
            waiter.Arm(deadline, cancellationToken);
            return Result(await done.ConfigureAwait(false), cancellationToken);
        }
        finally
        {
            UnlistNodes();
            waiter.Recycle();
        }
    }

    /// <summary>Called under a queue's mutex when it has an item for the node <paramref name="index"/>.</summary>
    public bool TryClaim(int index) => Interlocked.CompareExchange(ref _winner, index, Open) == Open;

    /// <summary>Called after the queue has handed its item over, or says that it has ended.</summary>
    public void Complete(WaitOutcome outcome)
    {
        if (outcome == WaitOutcome.Granted)
        {
            _waiter!.Complete(outcome); // set before any node was listed
        }
        else
        {
            CloseOne();
        }
    }

    /// <inheritdoc/>
    bool IWaitOwner.TryWithdraw(Waiter waiter) => Interlocked.CompareExchange(ref _winner, GivenUp, Open) == Open;

    private void ListNodes()
    {
        for (int i = 0; i < _queues.Length && Volatile.Read(ref _winner) == Open; i++)
        {
            SelectNode<T> node = new(this, i);
            Interlocked.Increment(ref _open);
            _nodes[i] = node;
            if (!AskQueue(i, node))
            {
                return;
            }
        }

        CloseOne();
    }

    /// <returns>Whether there is reason to ask the next queue.</returns>
    private bool AskQueue(int index, SelectNode<T> node)
    {
        try
        {
            switch (_queues[index].TryGetOrEnlist(node, node.Place))
            {
                case GetAttempt.Listed:
                    return true;
                case GetAttempt.Ended:
                    CloseOne();
                    return true;
                case GetAttempt.Lost:
                    return false;
            }
        }
        catch (Exception failure) when (Volatile.Read(ref _winner) == index || TryClaim(index))
        {
            // A hook failed for this selection. Had another queue an item for it already, that one would count.
            node.Place.Error = failure;
        }
        catch
        {
            return false;
        }

        _waiter!.Complete(WaitOutcome.Granted); // set by the caller
        return false;
    }

    private void CloseOne()
    {
        if (Interlocked.Decrement(ref _open) == 0 && TryClaim(AllEnded))
        {
            _waiter!.Complete(WaitOutcome.Refused); // set before any node was listed
        }
    }

    private void UnlistNodes()
    {
        for (int i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[i] is { } node)
            {
                _ = _queues[i].TryWithdraw(node);
            }
        }
    }

    private QueueSelection<T> Result(WaitOutcome outcome, CancellationToken cancellationToken)
    {
        switch (outcome)
        {
            case WaitOutcome.Granted:
                int winner = Volatile.Read(ref _winner);
                ItemPlace<T> place = _nodes[winner]!.Place; // it has claimed
                if (place.Error is { } failure)
                {
                    ExceptionDispatchInfo.Throw(failure);
                }

                return new QueueSelection<T>(winner, _queues[winner], place.Item);
            case WaitOutcome.Cancelled:
                throw new OperationCanceledException(cancellationToken);
            case WaitOutcome.Refused:
                throw new QueueShutDownException($"Select has ended: none of its {_queues.Length} queues will ever have an item again.", null);
            default:
                throw NewEmpty();
        }
    }

    private void ThrowIfOnlyLooking(WaitDeadline deadline)
    {
        if (deadline.IsZero)
        {
            throw _queues.All(queue => queue.IsShutDown && queue.IsEmpty)
                ? new QueueShutDownException($"Select found all its {_queues.Length} queues shut down and drained.", null)
                : NewEmpty();
        }
    }

    private QueueEmptyException NewEmpty() =>
        new($"Select found no item in any of its {_queues.Length} queues in its time. Give it more time.");
}
