using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures.Threads;

// State machine of the time limit (_limit, compare-and-swap)
//
//             time over                 grace over
//   InTime ---------------> Asked ------------------> GivenUp
//      |                      |                          |
//      +-- the call ended ----+--> Ended                 +-- (the call may end later; nobody hears of it)
//
// Invariants
//   I1  The future is ended by the thread of the call, except in GivenUp, where the timer ends it and takes the thread away from the pool.
//       Ended and GivenUp exclude each other.
//   I2  _stop exists from the constructor on where the call takes a token or has a limit: RequestStop finds it however early it comes.
//   I3  _future, _worker and _timer are written before the timer is armed.
// Ownership
//   The thread of the call disposes the timer. _stop is never disposed: it has no timer and no handle of its own, and a late RequestStop
//   must not meet a disposed one.

/// <summary>What a call of a thread pool needs beyond its delegate: a context to run in, a token, options.</summary>
internal sealed class CallScope
{
    private const int InTime = 0;
    private const int Asked = 1;
    private const int GivenUp = 2;
    private const int Ended = 3;

    private readonly ExecutionContext? _context;
    private readonly CancellationTokenSource? _stop;
    private readonly TimeSpan _grace;
    private Future? _future;
    private ThreadWorker? _worker;
    private ITimer? _timer;
    private int _limit;

    private CallScope(ExecutionContext? context, bool takesToken, CallOptions options, TimeSpan grace)
    {
        _context = context;
        _stop = takesToken || options.Timeout is not null ? new CancellationTokenSource() : null;
        _grace = options.Grace ?? grace;
        Options = options;
    }

    public CallOptions Options { get; }

    /// <summary>Whether a call that this thread submits sees no context: nothing was set in it, or its flow is suppressed.</summary>
    public static bool IsContextEmpty => ContextToRunIn() is null;

    /// <summary>The scope of a call that is being submitted by this thread, or null when it needs none.</summary>
    public static CallScope? For(bool takesToken, CallOptions options, TimeSpan grace)
    {
        ExecutionContext? context = ContextToRunIn();
        return context is null && !takesToken && options.Timeout is null && options.Priority == 0 && options.Observation is null
            && options.Name is null && options.Progress is null && options.Attempt == 1
            ? null
            : new CallScope(context, takesToken, options, grace);
    }

    /// <summary>Runs the call on this thread and ends its future.</summary>
    public void Run<T>(ExecutorCall<T> call, Future<T> future, ThreadWorker worker)
    {
        if (_context is not null)
        {
            ExecutionContext.Restore(_context);
        }

        Options.Observation?.Began(worker.Name);
        Options.Observation?.Enter();
        TaskContext.Enter(Options, future, _stop?.Token ?? CancellationToken.None);

        if (Options.Timeout is not { } timeout || timeout == Timeout.InfiniteTimeSpan)
        {
            call.RunInto(future, _stop?.Token ?? CancellationToken.None);
            return;
        }

        _future = future;
        _worker = worker;
        _timer = TimeProvider.System.CreateTimer(static scope => ((CallScope)scope!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ = _timer.Change(Deadline.ForTimer(timeout), Timeout.InfiniteTimeSpan);
        RunLimited(call, future, timeout);
        _timer.Dispose();
        if (_limit == GivenUp)
        {
            // The timer may not have come to it yet, and this thread must not take more work.
            worker.GiveUp();
        }
    }

    public bool RequestStop()
    {
        _stop?.Cancel();
        return _stop is not null;
    }

    private void RunLimited<T>(ExecutorCall<T> call, Future<T> future, TimeSpan timeout)
    {
        CancellationToken token = _stop!.Token; // I2
        try
        {
            T value = call.Invoke(token);
            if (End() != GivenUp)
            {
                future.TrySetResult(value);
            }
        }
        catch (Exception exception)
        {
            int limit = End();
            if (limit == GivenUp)
            {
                return;
            }

            if (exception is not OperationCanceledException || !token.IsCancellationRequested)
            {
                future.TrySetException(exception);
            }
            else if (limit == Asked)
            {
                future.TrySetException(new CallTimeoutException(timeout, CallStop.Cooperative, Options.Name));
            }
            else
            {
                future.TrySetCancelled(CancellationToken.None);
            }
        }
    }

    // The state in which the call ended; GivenUp stays.
    private int End()
    {
        int before = Volatile.Read(ref _limit);
        while (before != GivenUp)
        {
            int found = Interlocked.CompareExchange(ref _limit, Ended, before);
            if (found == before)
            {
                break;
            }

            before = found;
        }

        return before;
    }

    private void OnTimer()
    {
        if (Interlocked.CompareExchange(ref _limit, Asked, InTime) == InTime)
        {
            // Armed before the call is asked: its callbacks run here and may take their time.
            _ = _timer!.Change(Deadline.ForTimer(_grace), Timeout.InfiniteTimeSpan); // I3

            try
            {
                _ = RequestStop();
            }
            catch (AggregateException failed)
            {
                // From what the call has registered on its token. On the timer's thread it would end the process.
                Future.ReportCallbackFailure(_future!, failed); // I3
            }
        }
        else if (Interlocked.CompareExchange(ref _limit, GivenUp, Asked) == Asked)
        {
            _worker!.GiveUp(); // I3
            _future!.TrySetException(new CallTimeoutException(
                Options.Timeout ?? Timeout.InfiniteTimeSpan, CallStop.GivenUp, Options.Name, callId: null, _worker.Name));
        }
    }

    private static ExecutionContext? ContextToRunIn() =>
        ExecutionContext.Capture() is { } context && context != ThreadWorker.EmptyContext ? context : null;
}
