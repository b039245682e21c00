using Telar.Internal.Waiting;
using Telar.Queues.Waiting;

namespace Telar.Queues;

public abstract partial class QueueBase<T>
{
    /// <inheritdoc/>
    public void TaskDone()
    {
        if (_ring is { } ring)
        {
            // The way of most: nobody begins to join under the latch of the end.
            ring.EnterGets();
            bool isCounted = ring.TryFinishOne(mayBeLast: _waiting == 0);
            ring.ExitGets();
            if (isCounted)
            {
                return;
            }
        }

        WaitChain served = default;
        bool isTooMuch = false;
        Enter();
        try
        {
            if (_unfinished == 0)
            {
                isTooMuch = true;
            }
            else if (--_unfinished == 0 && _waiting != 0)
            {
                GrantAll_NeedsMutex(ref _joiners, ref served);
            }
        }
        finally
        {
            Exit();
        }

        served.Complete();
        if (isTooMuch)
        {
            throw new InvalidOperationException(
                $"TaskDone was called for {this}, but every item that was put is done already. Call it once for each item got; " +
                "items that Shutdown(immediate: true) or Clear threw away count as done.");
        }
    }

    /// <inheritdoc/>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        if (UnfinishedCount == 0)
        {
            return true;
        }

        if (deadline.IsZero)
        {
            return false;
        }

        ThreadWaiter waiter = ThreadWaiter.Rent(this, QueueText.ToJoin);
        try
        {
            if (JoinOrEnlist(waiter))
            {
                return true;
            }

            WaitOutcome outcome = waiter.Wait(deadline, cancellationToken, ref _joinSpin);
            return outcome.IsGranted(cancellationToken);
        }
        finally
        {
            waiter.Return();
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        WaitDeadline deadline = WaitDeadline.After(timeout);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        if (UnfinishedCount == 0 || deadline.IsZero)
        {
            return new ValueTask<bool>(UnfinishedCount == 0);
        }

        AsyncWaiter waiter = AsyncWaiter.Rent(this, QueueText.ToJoin);
        ValueTask<bool> done = waiter.Task;
        if (JoinOrEnlist(waiter))
        {
            waiter.Recycle();
            return new ValueTask<bool>(true);
        }

        waiter.Arm(deadline, cancellationToken);
        return done;
    }

    private bool JoinOrEnlist(Waiter waiter)
    {
        Enter();
        bool isDone = _unfinished == 0;
        if (!isDone)
        {
            Enlist_NeedsMutex(waiter, WaitKind.Join);
        }

        Exit();
        return isDone;
    }
}
