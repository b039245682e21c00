using System.Diagnostics.CodeAnalysis;

namespace Telar.Concurrent.Futures.Waiting;

// Invariants
//   I1  _waiting is set only by the one consumer, and cleared by whoever releases _wake for it: so at most one permit is out.
//   I2  A permit may be stale (its consumer ran out of time): the consumer looks again after each wake.
// Locks
//   _lock is a leaf. _wake is released outside it.
// Ownership
//   Any number of threads put items in; one consumer takes them.

/// <summary>A queue that many fill and one empties, blocking or not, until it is closed.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing until its wait handle is used; disposed, it would throw in Enqueue.")]
internal sealed class ReadyQueue<T>
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _items = new();
    private readonly SemaphoreSlim _wake = new(0);
    private bool _waiting;
    private bool _closed;

    public void Enqueue(T item)
    {
        bool wake;
        lock (_lock)
        {
            _items.Enqueue(item);
            wake = TakeWaiting_NeedsLock();
        }

        WakeIf(wake);
    }

    /// <summary>No more items will come.</summary>
    public void Close()
    {
        bool wake;
        lock (_lock)
        {
            _closed = true;
            wake = TakeWaiting_NeedsLock();
        }

        WakeIf(wake);
    }

    /// <summary>Takes the next item; waits for it if need be.</summary>
    public (TakeOutcome Outcome, T? Item) Take(Deadline deadline, CancellationToken cancellationToken)
    {
        TakeOutcome outcome = TryTake(inTime: true, out T? item);
        while (outcome == TakeOutcome.Empty)
        {
            bool inTime = _wake.Wait(deadline.Remaining, cancellationToken);
            outcome = TryTake(inTime, out item);
        }

        return (outcome, item);
    }

    /// <summary>Takes the next item; waits for it if need be, without holding a thread.</summary>
    public async ValueTask<(TakeOutcome Outcome, T? Item)> TakeAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        TakeOutcome outcome = TryTake(inTime: true, out T? item);
        while (outcome == TakeOutcome.Empty)
        {
            bool inTime = await _wake.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(false);
            outcome = TryTake(inTime, out item);
        }

        return (outcome, item);
    }

    // Out of time is said only when there is nothing to take: an item that came in the last moment is not refused.
    private TakeOutcome TryTake(bool inTime, out T? item)
    {
        lock (_lock)
        {
            if (_items.TryDequeue(out item))
            {
                return TakeOutcome.Item;
            }

            _waiting = !_closed && inTime;
            return _closed ? TakeOutcome.Closed : inTime ? TakeOutcome.Empty : TakeOutcome.OutOfTime;
        }
    }

    private bool TakeWaiting_NeedsLock()
    {
        bool waiting = _waiting;
        _waiting = false;
        return waiting;
    }

    private void WakeIf(bool wake)
    {
        if (wake)
        {
            _wake.Release();
        }
    }
}
