using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Submitting;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

// State machine (under _gate)
//
//           Join, Shutdown, leaving the scope              nothing is open
//   Open -------------------------------------> Closing -------------------> Ended (the task _ended is complete)
//
// Beside it _stop is cancelled, once: by the first failure, the deadline, the caller's token, the outer group or Cancel.
//
// Invariants
//   I1  _open counts the calls and the nested groups that have not ended, and the scope itself while the group is Open. At zero the group is
//       Ended, and nothing enters any more.
//   I2  A call is counted before the executor hears of it, and until its failure is in _failures; so is whoever cancels. Whoever sees Ended
//       sees all failures.
// Locks
//   _gate guards _open, _isClosed, _calls, _failures and _isCut. It is a leaf: submitting and cancelling, which run code of others, are
//   done without it.
// Ownership
//   The executor belongs to the caller. Whoever brings _open to zero lets go of the timer, the tokens and the outer group. _stop is never
//   disposed: it has no timer and no handle, and a late Cancel must not meet a disposed one.

public sealed partial class TaskGroup : IFutureWaiter
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<Future> _calls = new(ReferenceEqualityComparer.Instance);
    private readonly List<ExceptionDispatchInfo> _failures = [];
    private int _open = 1;
    private bool _isClosed;
    private bool _isCut;
    private bool _isTold;

    /// <summary>What has failed so far, in the order in which it came.</summary>
    public IReadOnlyList<Exception> Failures
    {
        get
        {
            lock (_gate)
            {
                return [.. _failures.Select(static failure => failure.SourceException)];
            }
        }
    }

    bool IFutureWaiter.RunsUserCode => true;

    void IFutureWaiter.Notify(Future future)
    {
        if (future.IsFailed)
        {
            Fail(future.Exception()!); // it has failed
        }

        Leave(future);
    }

    private protected override bool IsDirect => false;

    internal override Future<T> SubmitWhole<T>(ExecutorCall<T> call, CallOptions? options, CancellationToken cancellationToken) =>
        Follow(token => _executor.SubmitCall(call, options, token), cancellationToken);

    // The group needs the future, so an executor that limits the pending calls is waited for on this thread.
    internal override Task<T> SubmitCallAsync<T>(ExecutorCall<T> call, CallOptions? options, CancellationToken cancellationToken) =>
        SubmitCall(call, options, cancellationToken).AsTask();

    internal override Future<T> StartCall<T>(
        ExecutorCall<T> call, CallOptions? options, CancellationToken cancellationToken, PendingPlace? place = null) =>
        Follow(token => _executor.StartCall(call, options, token, place), cancellationToken);

    // Every call goes to the executor whole, with its retries and limits.
    private protected override Future<T> SubmitCore<T>(ExecutorCall<T> call, CallOptions options, CancellationToken cancellationToken) =>
        throw new UnreachableException();

    private protected override void CloseCore(bool cancelFutures)
    {
        bool isFirst;
        Future[] calls;
        lock (_gate)
        {
            isFirst = !_isClosed;
            _isClosed = true;
            calls = cancelFutures ? [.. _calls] : [];
        }

        Array.ForEach(calls, static call => call.Cancel());
        if (isFirst)
        {
            Leave();
        }
    }

    private Future<T> Follow<T>(Func<CancellationToken, Future<T>> submit, CancellationToken callersToken)
    {
        Enter();
        Future<T> future;
        try
        {
            // An executor that runs the call before it returns looks at one token: the caller's, which is about this call, goes first.
            bool hasTwoTokens = callersToken.CanBeCanceled && !Token.IsCancellationRequested;
            future = submit(hasTwoTokens ? callersToken : Token);
            if (hasTwoTokens)
            {
                TokenLink.Tie(future, Token);
            }
        }
        catch
        {
            Leave();
            throw;
        }

        lock (_gate)
        {
            _calls.Add(future);
        }

        if (!future.AddWaiter(this))
        {
            ((IFutureWaiter)this).Notify(future);
        }

        return future;
    }

    private void Enter()
    {
        if (!TryEnter())
        {
            throw new InvalidOperationException(
                $"{this} has ended (its scope was left or Join was called, and all of its calls have ended), so it takes no new ones. " +
                "Submit before that, or make a new group.");
        }
    }

    // False: the group has ended.
    private bool TryEnter()
    {
        lock (_gate)
        {
            _open += _open > 0 ? 1 : 0;
            return _open > 0;
        }
    }

    private void Leave(Future? future = null)
    {
        lock (_gate)
        {
            if (future is not null)
            {
                _calls.Remove(future);
                _isCut |= future.IsCancelled;
            }

            if (--_open > 0)
            {
                return;
            }
        }

        // Unregister, not Dispose: Dispose waits for a Cancel that runs on another thread, and that one may be what ended the last call.
        _callersCancellation.Unregister();
        _outerCancellation.Unregister();
        _timer?.Dispose();
        _ended.SetResult();
        _outer?.Leave();
    }

    private void OnDeadline()
    {
        if (!TryEnter())
        {
            return;
        }

        int calls;
        lock (_gate)
        {
            calls = _calls.Count;
        }

        Fail(new TimeoutException(
            $"The time given for {this} was over before it ended: " +
            (calls == 0 ? "its scope had not been left, though its calls had ended. " : $"{calls} of its calls had not ended, and were cancelled. ") +
            "Give it more time, or give single calls a limit with CallOptions.Timeout."));
        Leave();
    }

    private void Fail(Exception exception)
    {
        if (exception is OperationCanceledException && Token.IsCancellationRequested)
        {
            lock (_gate)
            {
                _isCut = true;
            }

            return;
        }

        Record(exception);
        Cancel();
    }

    private void Record(Exception exception)
    {
        lock (_gate)
        {
            // The body may have got it from a future: that is the same failure.
            if (!_failures.Exists(known => ReferenceEquals(known.SourceException, exception)))
            {
                _failures.Add(ExceptionDispatchInfo.Capture(exception));
            }
        }
    }

    private void ThrowIfFailed(bool unlessTold = false)
    {
        if (Interlocked.Exchange(ref _isTold, true) && unlessTold)
        {
            return;
        }

        // No lock: the group has ended (I2).
        if (_failures is [var single])
        {
            single.Throw();
        }

        if (_failures.Count > 1)
        {
            throw new AggregateException(
                $"There were {_failures.Count} failures in {this}; the first one cancelled what had not ended.",
                _failures.Select(static failure => failure.SourceException));
        }

        CancellationToken token = _callersToken.IsCancellationRequested ? _callersToken : _outer?.Token ?? default;
        if (_isCut && token.IsCancellationRequested)
        {
            throw new OperationCanceledException($"{this} was cancelled before its calls had ended.", token);
        }
    }
}
