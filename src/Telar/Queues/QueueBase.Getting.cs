using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;
using Telar.Queues.Storage;
using Telar.Queues.Waiting;

namespace Telar.Queues;

public abstract partial class QueueBase<T>
{
    /// <inheritdoc/>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return TryGet(out T? item) ? item : GetWaiting(deadline, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return TryGet(out T? item) ? new ValueTask<T>(item) : GetWaitingAsync(deadline, cancellationToken);
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<T>(failure);
        }
    }

    /// <inheritdoc/>
    public T GetNoWait() => TryGet(out T? item) ? item : throw NewNothing();

    /// <inheritdoc/>
    public bool TryGet([MaybeNullWhen(false)] out T item) =>
        _ring is { } ring
            ? TryGetAtEnd(ring, out item) || (!ring.IsEmpty && TryGetNow(out item))
            : TryGetNow(out item);

    // The way of most gets. Under the latch of the end nobody begins to wait, and nothing can fail.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryGetAtEnd(Ring<T> ring, [MaybeNullWhen(false)] out T item)
    {
        if (ring.IsEmpty)
        {
            item = default;
            return false;
        }

        bool isTaken = false;
        item = default;
        ring.EnterGets();
        if (_waiting == 0 && !_isShutDown)
        {
            isTaken = ring.TryRemove(out item);
        }

        ring.ExitGets();
        return isTaken;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGetNow([MaybeNullWhen(false)] out T item)
    {
        if (IsEmpty)
        {
            item = default;
            return false;
        }

        WaitChain served = default;
        Enter();
        try
        {
            if (_count == 0)
            {
                item = default;
                return false;
            }

            item = Take_NeedsMutex();
            if (_waiting != 0 || _isShutDown)
            {
                Serve_NeedsMutex(ref served);
            }
        }
        finally
        {
            Exit();
        }

        served.Complete();
        return true;
    }

    /// <summary>Takes what is there, up to the length of <paramref name="items"/>, without waiting.</summary>
    /// <param name="items">Where the items go, from its start.</param>
    /// <returns>How many there were, in the order in which single gets would have given them.</returns>
    /// <remarks>
    /// All are taken at one moment: no other getter's item lies between them. An exception of a hook ends it: what was taken before stays
    /// taken and is returned, and only when that is nothing, the exception is thrown.
    /// </remarks>
    public int TryGetMany(Span<T> items)
    {
        WaitChain served = default;
        int taken = 0;
        Enter();
        try
        {
            while (taken < items.Length && _count > 0)
            {
                items[taken] = Take_NeedsMutex();
                taken++;
                Serve_NeedsMutex(ref served);
            }
        }
        catch when (taken > 0)
        {
            // The next get finds the same trouble and reports it.
        }
        finally
        {
            Exit();
        }

        served.Complete();
        return taken;
    }

    /// <summary>Looks at the item that the next get would take, and leaves it.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="NotSupportedException">A derived class of one's own does not override <see cref="PeekCore"/>.</exception>
    public bool TryPeek([MaybeNullWhen(false)] out T item)
    {
        Enter();
        try
        {
            item = _count > 0 ? PeekCore() : default;
            return _count > 0;
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Copies the items that are in the queue at this moment, and leaves them.</summary>
    /// <returns>The items; the first is the next to leave.</returns>
    /// <exception cref="NotSupportedException">A derived class of one's own does not override <see cref="SnapshotCore"/>.</exception>
    /// <remarks>For logs, tests and debuggers.</remarks>
    public T[] ToArray()
    {
        Enter();
        try
        {
            return SnapshotCore();
        }
        finally
        {
            Exit();
        }
    }

    /// <inheritdoc/>
    public IEnumerable<T> ReadAll(CancellationToken cancellationToken = default) => QueueReading.All(this, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<T> ReadAllAsync(CancellationToken cancellationToken = default) =>
        QueueReading.AllAsync(this, cancellationToken);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T GetWaiting(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        if (deadline.IsZero)
        {
            throw NewNothing();
        }

        if (_getSpin.ShouldSpin() && SpinForItem(deadline, cancellationToken, out T? early))
        {
            return early;
        }

        ThreadWaiter waiter = ThreadWaiter.Rent(this, QueueText.ToGet);
        ItemPlace<T> place = ItemPlace<T>.Rent(default!); // written before anybody reads it
        waiter.Payload = place;
        try
        {
            if (GetOrEnlist(waiter, out T? item))
            {
                return item;
            }

            WaitOutcome outcome = waiter.Wait(deadline, cancellationToken, ref _getSpin);
            QueueText.ThrowUnlessGranted(outcome, place.Error, WaitKind.Get, this, cancellationToken);
            return place.Item;
        }
        finally
        {
            waiter.Return();
            place.Return();
        }
    }

    // Before it stands in line: a getter that is handed each item as it comes costs the putter more than one that finds a few. Who looks
    // here overtakes nobody: as long as somebody stands in line, there is nothing to be found.
    private bool SpinForItem(WaitDeadline deadline, CancellationToken cancellationToken, [MaybeNullWhen(false)] out T item)
    {
        SpinPause pause = new(deadline);
        do
        {
            if (TryGet(out item))
            {
                _getSpin.Report(success: true);
                return true;
            }
        }
        while (!cancellationToken.IsCancellationRequested && !IsShutDown && pause.TryOnce());

        return false;
    }

    private ValueTask<T> GetWaitingAsync(WaitDeadline deadline, CancellationToken cancellationToken)
    {
        if (deadline.IsZero)
        {
            throw NewNothing();
        }

        T? item;
        if (deadline.IsNever && !cancellationToken.CanBeCanceled)
        {
            PlainAsyncWaiter<T> waiter = PlainAsyncWaiter<T>.Rent(this, WaitKind.Get, default!); // written before anybody reads it
            if (GetOrEnlist(waiter, out item))
            {
                waiter.Recycle();
                return new ValueTask<T>(item);
            }

            return waiter.AsGet();
        }

        AsyncItemPlace<T> place = AsyncItemPlace<T>.Rent(this, WaitKind.Get, default!); // written before anybody reads it
        if (GetOrEnlist(place.Waiter, out item))
        {
            place.Recycle();
            return new ValueTask<T>(item);
        }

        return place.Arm(deadline, cancellationToken).AsGet();
    }

    /// <returns>Whether there was an item; if not, the waiter is in the list of those who wait to get.</returns>
    private bool GetOrEnlist(Waiter waiter, [MaybeNullWhen(false)] out T item)
    {
        WaitChain served = default;
        bool isTaken = false;
        bool isRefused = false;
        item = default;
        Enter();
        try
        {
            if (_count > 0)
            {
                item = Take_NeedsMutex();
                isTaken = true;
                Serve_NeedsMutex(ref served);
            }
            else if (_isShutDown)
            {
                isRefused = true;
            }
            else
            {
                Enlist_NeedsMutex(waiter, WaitKind.Get);
            }
        }
        finally
        {
            Exit();
        }

        served.Complete();
        return isRefused ? throw QueueText.NewShutDown(this, WaitKind.Get) : isTaken;
    }

    // A queue that is shut down can still give what a put that has begun before leaves in it: so first the flag, then the count.
    private InvalidOperationException NewNothing() =>
        IsShutDown && IsEmpty ? QueueText.NewShutDown(this, WaitKind.Get) : QueueText.NewEmpty(this);
}
