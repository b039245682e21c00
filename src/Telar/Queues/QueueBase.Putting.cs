using System.Runtime.CompilerServices;
using Telar.Internal.Waiting;
using Telar.Queues.Storage;
using Telar.Queues.Waiting;

namespace Telar.Queues;

public abstract partial class QueueBase<T>
{
    /// <inheritdoc/>
    public void Put(T item, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        if (!TryPutNow(item))
        {
            PutWaiting(item, deadline, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask PutAsync(T item, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        try
        {
            return TryPutNow(item) ? default : PutWaitingAsync(item, deadline, cancellationToken);
        }
        catch (Exception failure)
        {
            return ValueTask.FromException(failure);
        }
    }

    /// <inheritdoc/>
    public void PutNoWait(T item)
    {
        if (!TryPutNow(item))
        {
            throw QueueText.NewFull(this);
        }
    }

    /// <inheritdoc/>
    public bool TryPut(T item) => !IsShutDown && TryPutNow(item, isShutDownAnError: false);

    // The way of most puts. Under the latch of the end nobody begins to wait, and nothing can fail.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryPutNow(T item, bool isShutDownAnError = true)
    {
        if (_ring is { } ring && Volatile.Read(ref _waiting) == 0)
        {
            ring.EnterPuts();
            bool isAdded = _waiting == 0 && !_isShutDown && ring.TryAdd(item, _limit);
            ring.ExitPuts();
            if (isAdded)
            {
                return true;
            }
        }

        return TryPutAnyhow(item, isShutDownAnError);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryPutAnyhow(T item, bool isShutDownAnError)
    {
        WaitChain served = default;
        bool isStored = false;
        bool isRefused = false;
        Enter();
        if (_ring is { } ring && HandOver_NeedsMutex(ring, item) is { } getter)
        {
            Exit();
            getter.Complete(WaitOutcome.Granted);
            return true;
        }

        try
        {
            if (_isShutDown)
            {
                isRefused = isShutDownAnError;
            }
            else if (_count < _limit)
            {
                Store_NeedsMutex(item);
                isStored = true;
                if (_waiting != 0)
                {
                    Serve_NeedsMutex(ref served);
                }
            }
        }
        finally
        {
            Exit();
        }

        served.Complete();
        return isRefused ? throw QueueText.NewShutDown(this, WaitKind.Put) : isStored;
    }

    // The same as storing it and serving the getter, where no hook can tell the difference.
    private Waiter? HandOver_NeedsMutex(Ring<T> ring, T item)
    {
        if (_getters.First is not { } getter)
        {
            return null;
        }

        ItemPlace<T> place = Unsafe.As<ItemPlace<T>>(getter.Payload!); // every waiter of this list has one
        if (!place.TryClaim())
        {
            return null; // a selection that another queue has served
        }

        _ = TakeFirst_NeedsMutex(ref _getters);
        place.Item = item;
        ring.PassOne();
        _unfinished++;
        return getter;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PutWaiting(T item, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        if (deadline.IsZero)
        {
            throw QueueText.NewFull(this);
        }

        if (_putSpin.ShouldSpin() && SpinForRoom(item, deadline, cancellationToken))
        {
            return;
        }

        ThreadWaiter waiter = ThreadWaiter.Rent(this, QueueText.ToPut);
        ItemPlace<T> place = ItemPlace<T>.Rent(item);
        waiter.Payload = place;
        try
        {
            if (!PutOrEnlist(waiter, item))
            {
                WaitOutcome outcome = waiter.Wait(deadline, cancellationToken, ref _putSpin);
                QueueText.ThrowUnlessGranted(outcome, place.Error, WaitKind.Put, this, cancellationToken);
            }
        }
        finally
        {
            waiter.Return();
            place.Return();
        }
    }

    // As in SpinForItem.
    private bool SpinForRoom(T item, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        SpinPause pause = new(deadline);
        do
        {
            if (!IsFull && TryPutNow(item))
            {
                _putSpin.Report(success: true);
                return true;
            }
        }
        while (!cancellationToken.IsCancellationRequested && !IsShutDown && pause.TryOnce());

        return false;
    }

    private ValueTask PutWaitingAsync(T item, WaitDeadline deadline, CancellationToken cancellationToken)
    {
        if (deadline.IsZero)
        {
            throw QueueText.NewFull(this);
        }

        if (deadline.IsNever && !cancellationToken.CanBeCanceled)
        {
            PlainAsyncWaiter<T> waiter = PlainAsyncWaiter<T>.Rent(this, WaitKind.Put, item);
            if (PutOrEnlist(waiter, item))
            {
                waiter.Recycle();
                return default;
            }

            return waiter.AsPut();
        }

        AsyncItemPlace<T> place = AsyncItemPlace<T>.Rent(this, WaitKind.Put, item);
        if (PutOrEnlist(place.Waiter, item))
        {
            place.Recycle();
            return default;
        }

        return place.Arm(deadline, cancellationToken).AsPut();
    }

    /// <returns>Whether the item was put at once; if not, the waiter is in the list of those who wait to put.</returns>
    private bool PutOrEnlist(Waiter waiter, T item)
    {
        WaitChain served = default;
        bool isStored = false;
        bool isRefused = false;
        Enter();
        try
        {
            if (_isShutDown)
            {
                isRefused = true;
            }
            else if (_count < _limit)
            {
                Store_NeedsMutex(item);
                isStored = true;
                Serve_NeedsMutex(ref served);
            }
            else
            {
                Enlist_NeedsMutex(waiter, WaitKind.Put);
            }
        }
        finally
        {
            Exit();
        }

        served.Complete();
        return isRefused ? throw QueueText.NewShutDown(this, WaitKind.Put) : isStored;
    }

    private void Store_NeedsMutex(T item)
    {
        if (_ring is { } ring)
        {
            ring.Add(item);
            _count++;
        }
        else
        {
            try
            {
                PutCore(item);
            }
            finally
            {
                Volatile.Write(ref _count, CountCore());
            }
        }

        _unfinished++;
    }

    private T Take_NeedsMutex()
    {
        if (_ring is { } ring)
        {
            _count--;
            return ring.Remove();
        }

        try
        {
            return GetCore();
        }
        finally
        {
            Volatile.Write(ref _count, CountCore());
        }
    }
}
