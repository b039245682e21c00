using System.Runtime.ExceptionServices;
using Telar.Concurrent.Futures.Threads;
using Telar.Concurrent.Futures.Waiting;
using Telar.Internal.Waiting;

namespace Telar.Concurrent.Futures;

// State machine (one word, _state; every transition is one compare-and-swap; see docs/design/futures.md#state-machine)
//
//                  TryRun                  result / exception
//    Pending -----------------> Running ------------------------> Finished
//      |  |                        |                                 ^
//      |  +------------------------|---------------------------------+   (an executor that broke before the start)
//      |                           | stopped by the executor
//      +---- Cancel --------> Cancelled
//
//    bits 0-1  FutureState; bit 1 alone says "final"
//    bit  2    Settling: one thread has won the right to end this future and is writing the outcome
//    bit  3    Ran: it was Running once; taken back at the end where no worker had begun the call after all
//    bit  4    Told: SetRunningOrNotifyCancel has told the executor of the cancellation
//
// Invariants
//   I1  Settling is set at most once, and only its winner writes the outcome (_reason, the result of Future<T>).
//   I2  The release of the final state in EndSettle pairs with the acquire in State: who sees it final sees the outcome.
//   I3  _waiters is Closed  =>  the state is final. The converse holds a moment later, when the winner has swapped it.
//   I4  Each waiter is told exactly once: by the winner, who took the list away, or by AddWaiter's caller, who got false.
//   I5  _reason is a boxed token while somebody asks for cancellation; an ExceptionDispatchInfo only in a failed future.
//   I6  A waiter that wants to know of the start is told of it, or finds HasRun when it looks after AddWaiter; it may be both.
// Locks
//   A waiter list is locked while it is changed, and is a leaf. Waiters are told without any lock.
// Ownership
//   The executor ends the future. The winner of Settling alone takes and tells the waiters.

public abstract partial class Future
{
    private const int StateMask = 0b11;
    private const int FinalBit = 0b10;
    private const int Settling = 1 << 2;
    private const int Ran = 1 << 3;
    private const int Told = 1 << 4;

    private static readonly object s_closed = new();

    // null -> one waiter -> a list of them -> Closed (from any of the three).
    private object? _waiters;
    private object? _reason;
    private int _state;

    /// <summary>As <see cref="CancelRunning"/>; the token that asks is the one that waiters then find in their exception.</summary>
    internal bool CancelFor(CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            Interlocked.CompareExchange(ref _reason, token, null);
        }

        return Cancel() || (Owner is { } owner && owner.RequestStop(this)) || IsCancelled;
    }

    /// <summary>Pending to Running.</summary>
    /// <returns><see langword="true"/> when it is running, now or already (a call that is run again stays running).</returns>
    internal bool TryRun()
    {
        int before = Interlocked.CompareExchange(ref _state, (int)FutureState.Running | Ran, (int)FutureState.Pending);
        if (before == (int)FutureState.Pending)
        {
            TellOfStart();
            return true;
        }

        return (before & (StateMask | Settling)) == (int)FutureState.Running;
    }

    /// <summary>Python's rules for the executor that is about to start a call: see <see cref="FutureSource{T}"/>.</summary>
    internal bool SetRunningOrNotifyCancel()
    {
        int before = Interlocked.CompareExchange(ref _state, (int)FutureState.Running | Ran, (int)FutureState.Pending);
        if (before == (int)FutureState.Pending)
        {
            TellOfStart();
            return true;
        }

        // A call that was cancelled while it ran, or that was asked about before, is none that is about to start.
        bool isNews = SettledState() == FutureState.Cancelled
            && Interlocked.CompareExchange(
                ref _state, (int)FutureState.Cancelled | Told, (int)FutureState.Cancelled) == (int)FutureState.Cancelled;
        return isNews
            ? false
            : throw InvalidStateException.For(this, nameof(SetRunningOrNotifyCancel), "a Pending or newly Cancelled");
    }

    internal bool TrySetException(Exception exception) => TrySettleException(exception) && TellWaiters();

    internal bool TrySetCancelled(CancellationToken token) => TrySettleCancelled(token) && TellWaiters();

    /// <summary>Ends the future, but leaves it to the caller to call <see cref="TellWaiters"/> when this gives true.</summary>
    internal bool TrySettleException(Exception exception)
    {
        ExceptionDispatchInfo failure = ExceptionDispatchInfo.Capture(exception);
        if (!TryBeginSettle(evenIfRunning: true))
        {
            return false;
        }

        _reason = failure;
        EndSettle(FutureState.Finished);
        return true;
    }

    /// <inheritdoc cref="TrySettleException(Exception)"/>
    /// <param name="token">The token that asked for it.</param>
    /// <param name="hasBegun">False: the call was announced as running, perhaps, but is known never to have begun.</param>
    internal bool TrySettleCancelled(CancellationToken token, bool hasBegun = true)
    {
        if (!TryBeginSettle(evenIfRunning: true))
        {
            return false;
        }

        if (token.CanBeCanceled)
        {
            _reason = token;
        }

        EndSettle(FutureState.Cancelled, hasBegun);
        return true;
    }

    /// <summary>Wins the right to write the outcome; the winner must call <see cref="EndSettle"/>, then <see cref="TellWaiters"/>.</summary>
    private protected bool TryBeginSettle(bool evenIfRunning)
    {
        int state = Volatile.Read(ref _state);
        while ((state & (FinalBit | Settling)) == 0 && (evenIfRunning || (state & StateMask) == (int)FutureState.Pending))
        {
            int before = Interlocked.CompareExchange(ref _state, state | Settling, state);
            if (before == state)
            {
                return true;
            }

            state = before;
        }

        return false;
    }

    private protected void EndSettle(FutureState final, bool hasBegun = true)
    {
        Volatile.Write(ref _state, (int)final | (hasBegun ? _state & Ran : 0));

        // The record of a call holds its arguments: they must not live as long as the result does.
        ForgetOwner();
    }

    /// <summary>Releases whoever waits, and runs the callbacks.</summary>
    /// <returns>True.</returns>
    internal bool TellWaiters()
    {
        switch (Interlocked.Exchange(ref _waiters, s_closed))
        {
            case IFutureWaiter waiter:
                if (waiter.RunsUserCode)
                {
                    ThreadWorker.HoldUpCurrent();
                }

                waiter.Notify(this);
                break;
            case List<IFutureWaiter> waiters:
                // Whoever found the list before the swap adds to it under its lock: wait for him, then the list changes no more.
                lock (waiters)
                {
                }

                Tell(waiters);
                break;
        }

        return true;
    }

    /// <summary>Has <paramref name="waiter"/> told when this future ends.</summary>
    /// <returns><see langword="false"/> when it has ended already: the waiter is not told.</returns>
    internal bool AddWaiter(IFutureWaiter waiter)
    {
        object? current = Volatile.Read(ref _waiters);
        while (current != s_closed)
        {
            if (current is List<IFutureWaiter> waiters)
            {
                lock (waiters)
                {
                    if (Volatile.Read(ref _waiters) == waiters)
                    {
                        waiters.Add(waiter);
                        return true;
                    }
                }

                return false;
            }

            object next = current is IFutureWaiter first ? new List<IFutureWaiter>(4) { first, waiter } : waiter;
            object? before = Interlocked.CompareExchange(ref _waiters, next, current);
            if (before == current)
            {
                return true;
            }

            current = before;
        }

        return false;
    }

    /// <summary>Whether a waiter of <paramref name="whole"/> is among those that will be told; false once the future has ended.</summary>
    internal bool IsAwaitedBy(object whole)
    {
        switch (Volatile.Read(ref _waiters))
        {
            case IFutureWaiter waiter:
                return waiter.Whole == whole;
            case List<IFutureWaiter> waiters:
                return Exists(waiters, whole);
            default:
                return false;
        }

        // Apart, as the lambda's object would be made at the start of the method that holds it, for every future.
        static bool Exists(List<IFutureWaiter> waiters, object whole)
        {
            lock (waiters)
            {
                return waiters.Exists(waiter => waiter.Whole == whole);
            }
        }
    }

    /// <summary>Takes back <see cref="AddWaiter"/>; the waiter may still be told when the future ends at this moment.</summary>
    internal void RemoveWaiter(IFutureWaiter waiter)
    {
        if (Interlocked.CompareExchange(ref _waiters, null, waiter) is List<IFutureWaiter> waiters)
        {
            lock (waiters)
            {
                if (Volatile.Read(ref _waiters) == waiters)
                {
                    waiters.Remove(waiter);
                }
            }
        }
    }

    /// <summary>Waits for the end, whatever it is.</summary>
    /// <returns><see langword="false"/> when the time ran out.</returns>
    internal bool WaitForEnd(Deadline deadline, CancellationToken cancellationToken)
    {
        if (IsDone)
        {
            return true;
        }

        BlockingWaiter waiter = new();
        if (!AddWaiter(waiter))
        {
            return true;
        }

        try
        {
            return waiter.Wait(WaitDeadline.After(deadline.Remaining), cancellationToken) || IsDone;
        }
        finally
        {
            RemoveWaiter(waiter);
        }
    }

    /// <summary>Waits for the end, whatever it is, without holding a thread.</summary>
    /// <returns><see langword="false"/> when the time ran out.</returns>
    internal async Task<bool> WaitForEndAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        if (IsDone)
        {
            return true;
        }

        Task task = AsTask();
        await task.WaitAsync(deadline.Remaining, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!IsDone)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }

        // Whoever waits here looks at the outcome itself: the task need not complain that nobody looked at its exception.
        _ = task.Exception;
        return true;
    }

    private protected void WaitOrThrow(TimeSpan timeout, CancellationToken cancellationToken)
    {
        Deadline.ThrowIfInvalid(timeout);
        if (!IsDone && !WaitForEnd(Deadline.After(timeout), cancellationToken))
        {
            throw NewTimeout(timeout);
        }
    }

    private protected void AddCallback<TFuture>(Action<TFuture> callback)
        where TFuture : Future
    {
        CallbackWaiter<TFuture> waiter = new(callback);
        if (!AddWaiter(waiter))
        {
            waiter.Notify(this);
        }
    }

    private protected void ThrowIfUnsuccessful()
    {
        ThrowIfCancelled();
        (_reason as ExceptionDispatchInfo)?.Throw();
    }

    private protected TimeoutException NewTimeout(TimeSpan timeout) => new(
        $"{Phrases.Sentence(Phrases.Call(Name))} had not ended after {Phrases.Duration(timeout)}; its state is {State} and it goes on. " +
        "Wait for it again, call Cancel or CancelRunning, or set CallOptions.Timeout to have such calls stopped.");

    private protected FutureCancelledException NewCancelled() =>
        new(this, HasRun, _reason is CancellationToken token ? token : default);

    /// <summary>The exception that the call ended with, not thrown; null while there is none.</summary>
    internal Exception? FailureOrNull() =>
        State == FutureState.Finished ? (_reason as ExceptionDispatchInfo)?.SourceException : null;

    private void ThrowIfCancelled()
    {
        if (IsCancelled)
        {
            throw NewCancelled();
        }
    }

    // Between winning Settling and the final state lie a few instructions, and whoever asks then wants to know how it ends.
    private FutureState SettledState()
    {
        SpinWait spinner = default;
        int state;
        while (((state = Volatile.Read(ref _state)) & Settling) != 0)
        {
            spinner.SpinOnce();
        }

        return (FutureState)(state & StateMask);
    }

    // I6: the swap of the state comes before the look at the waiters; whoever adds one looks at the state after that.
    private void TellOfStart()
    {
        switch (Volatile.Read(ref _waiters))
        {
            case IStartWaiter waiter:
                waiter.NotifyStart(this);
                break;
            case List<IFutureWaiter> waiters:
                IStartWaiter[] ofStart;
                lock (waiters)
                {
                    ofStart = [.. waiters.OfType<IStartWaiter>()];
                }

                Array.ForEach(ofStart, waiter => waiter.NotifyStart(this));
                break;
        }
    }

    private void Tell(List<IFutureWaiter> waiters)
    {
        foreach (IFutureWaiter waiter in waiters)
        {
            if (!waiter.RunsUserCode)
            {
                waiter.Notify(this);
            }
        }

        foreach (IFutureWaiter waiter in waiters)
        {
            if (waiter.RunsUserCode)
            {
                ThreadWorker.HoldUpCurrent();
                waiter.Notify(this);
            }
        }
    }
}
