using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures.Submitting;

// State machine (_phase)
//
//                       RunAsync                    the executor has it
//   Waiting ----------------------> HandingOver ----------------------> HandedOver
//    |   ^  (for a permit, or between two attempts)                          |
//    |   +-------------------------- the attempt failed ---------------------+
//    +--- Withdraw ---> Withdrawn
//
// Invariants
//   I1  _attempt is written before the phase becomes HandedOver and is read only in it.
//   I2  A call is handed over only from Waiting, by a compare-and-swap: one that was withdrawn never is.
//   I3  _stop is cancelled when no further attempt is wanted: it ends a wait, and MayRepeat looks at it. _isStopped says that the caller
//       wanted that, so the call ends as cancelled; otherwise it ends as its last attempt did.
//   I4  The future is Running from the start of the first attempt to its end, also between attempts.
// Ownership
//   RunAsync alone ends the future, but for Future.Cancel of a pending one. It takes the call from the executor's list before anybody is told.

/// <summary>A call with <see cref="CallOptions.Retry"/> or <see cref="CallOptions.RateLimit"/>: one future for all of its attempts.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
[SuppressMessage("Design", "CA1001", Justification = "_stop holds neither a timer nor a handle, and a late RequestStop must not meet a disposed one.")]
internal sealed class GovernedCall<T> : Future<T>, IGovernedCall, IFutureOwner, IStartWaiter
{
    private const int Waiting = 0;
    private const int HandingOver = 1;
    private const int HandedOver = 2;
    private const int Withdrawn = 3;

    private readonly Executor _executor;
    private readonly ExecutorCall<T> _call;
    private readonly CallOptions _options;
    private readonly CancellationToken _token;
    private readonly CancellationTokenSource _stop = new();
    private Future<T>? _attempt;
    private Action? _afterAttempt;
    private int _handedOver;
    private int _phase;
    private volatile bool _isStopped;

    private GovernedCall(Executor executor, ExecutorCall<T> call, CallOptions options, CancellationToken token)
        : base(options.Name)
    {
        _executor = executor;
        _call = call;
        _options = options;
        _token = token;
    }

    // Nobody else waits for an attempt, and what follows its end may run callbacks.
    public bool RunsUserCode => true;

    private protected override IFutureOwner? Owner => IsDone ? null : this;

    /// <summary>Submits a call.</summary>
    /// <returns>Its future; null when the executor takes no calls any more.</returns>
    /// <exception cref="InvalidOperationException">The executor is broken; nothing was submitted.</exception>
    public static Future<T>? Start(Executor executor, ExecutorCall<T> call, CallOptions options, CancellationToken token)
    {
        GovernedCall<T> governed = new(executor, call, options, token);
        if (!executor.Governed.TryEnter(governed))
        {
            return null;
        }

        if (token.CanBeCanceled)
        {
            // Before it runs: an executor that runs it here is asked to stop by way of the future as any other.
            TokenLink.Tie(governed, token);
        }

        try
        {
            bool isHandedOver = (options.RateLimit?.TryTake() ?? true) && governed.TryHandOver();
            _ = governed.RunAsync(isHandedOver);
            return governed;
        }
        catch
        {
            executor.Governed.Leave(governed);

            // Nobody has it but the token, which is to let go of it.
            governed.TrySetCancelled(CancellationToken.None);
            throw;
        }
    }

    public void EndSoon()
    {
        if (!Cancel())
        {
            _stop.Cancel();
        }
    }

    public void NotifyStart(Future future) => TryRun();

    public void Notify(Future future) => _afterAttempt!(); // set before the future got this waiter

    public bool Withdraw(Future future)
    {
        SpinWait spinner = default;
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _phase, Withdrawn, Waiting))
            {
                case Waiting:
                case Withdrawn:
                    return true;
                case HandedOver:
                    return _attempt!.Cancel(); // I1
                default:
                    // A few instructions, or the encoding of the call, and then the executor knows it.
                    spinner.SpinOnce();
                    break;
            }
        }
    }

    public bool RequestStop(Future future)
    {
        _isStopped = true;
        bool isRunning = Volatile.Read(ref _phase) == HandedOver;
        _stop.Cancel();
        return !isRunning || _attempt!.CancelRunning(); // I1
    }

    // A wait for a permit that nobody needs any more ends.
    private protected override void ForgetOwner() => _stop.Cancel();

    private async Task RunAsync(bool isHandedOver)
    {
        int attempts = 0;
        try
        {
            while (isHandedOver || await WaitForPermitAsync().ConfigureAwait(false))
            {
                isHandedOver = false;
                attempts++;
                await new AttemptEnd(this);
                if (!MayRepeat(attempts))
                {
                    EndAsAttempt(attempts);
                    return;
                }

                Volatile.Write(ref _phase, Waiting);
                await PauseAsync(attempts).ConfigureAwait(false);
            }

            End(isEndedHere: false); // withdrawn: Future.Cancel ends it
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            EndEarly(attempts);
        }
        catch (InvalidOperationException) when (attempts > 0)
        {
            // The executor was closed or has broken meanwhile: what the last attempt ended with says more.
            EndAsAttempt(attempts);
        }
        catch (Exception exception)
        {
            End(TrySettleException(exception));
        }
    }

    // False: it was withdrawn.
    private async ValueTask<bool> WaitForPermitAsync()
    {
        if (_options.RateLimit is { } limit && !limit.TryTake())
        {
            await Here(limit.TakeAsync(_options.Priority, _stop.Token)).ConfigureAwait(false);
        }

        return TryHandOver();
    }

    private Task PauseAsync(int attempts)
    {
        RetryPolicy policy = _options.Retry!; // there was a repetition
        return Here(Task.Delay(policy.PauseAfter(attempts, Random.Shared.NextDouble()), policy.TimeProvider, _stop.Token));
    }

    // An executor that runs its calls inside Submit does so to the end.
    private Task Here(Task wait)
    {
        if (_executor.RunsInSubmit)
        {
            wait.GetAwaiter().GetResult();
        }

        return wait;
    }

    // The caller has taken a permit. False: the call was withdrawn, and the permit is for another.
    private bool TryHandOver()
    {
        if (Interlocked.CompareExchange(ref _phase, HandingOver, Waiting) != Waiting)
        {
            _options.RateLimit?.GiveBack();
            return false;
        }

        if (_executor.RunsInSubmit)
        {
            // Whoever cancels meanwhile, the call itself perhaps, must not wait for the end of the handing over.
            TryRun();
        }

        try
        {
            _handedOver++;
            _attempt = _executor.SubmitAttempt(_call, _handedOver == 1 ? _options : _options with { Attempt = _handedOver }, _token);
        }
        catch
        {
            Volatile.Write(ref _phase, Waiting);
            _options.RateLimit?.GiveBack();
            throw;
        }

        Volatile.Write(ref _phase, HandedOver);
        Interlocked.MemoryBarrier();
        if (_isStopped)
        {
            // RequestStop came while nobody could be asked.
            _ = _attempt.CancelRunning();
        }

        return true;
    }

    private bool MayRepeat(int attempts) =>
        _options.Retry is { } policy
        && attempts < policy.Attempts
        && !_stop.IsCancellationRequested
        && FailureOfAttempt() is { } failure
        && Covers(policy, failure);

    private static bool Covers(RetryPolicy policy, Exception failure)
    {
        try
        {
            return policy.Covers(failure);
        }
        catch (Exception exception)
        {
            throw new AggregateException(
                $"RetryPolicy.When threw {exception.GetType().Name} when it was asked about the {failure.GetType().Name} of a call. It must only "
                + "look at the exception and answer. Both are inner exceptions of this one.",
                exception,
                failure);
        }
    }

    // What the attempt failed with, be it as a whole or, in a map, with one of its items.
    private Exception? FailureOfAttempt()
    {
        Future<T> attempt = _attempt!; // it has ended
        return attempt.IsCancelled ? null : attempt.Exception() ?? (attempt.Result() as IPartialResult)?.Error;
    }

    // I4, for a start of which this future was not told.
    private void FollowStart(Future<T> attempt)
    {
        if (attempt.HasRun)
        {
            TryRun();
        }
    }

    private void EndEarly(int attempts)
    {
        if (attempts > 0 && !_isStopped)
        {
            EndAsAttempt(attempts);
        }
        else
        {
            End(TrySettleCancelled(CancellationToken.None));
        }
    }

    private void EndAsAttempt(int attempts)
    {
        Future<T> attempt = _attempt!; // it has ended
        if (attempt.IsCancelled)
        {
            End(TrySettleCancelled(CancellationToken.None, hasBegun: attempts > 1 || attempt.HasRun));
            return;
        }

        if (_options.Retry is not null && FailureOfAttempt() is { Data.IsReadOnly: false } failure)
        {
            failure.Data[RetryPolicy.AttemptsKey] = attempts;
        }

        End(attempt.Exception() is { } exception ? TrySettleException(exception) : TrySettleResult(attempt.Result()));
    }

    private void End(bool isEndedHere)
    {
        _executor.Governed.Leave(this);
        if (isEndedHere)
        {
            TellWaiters();
        }
    }

    /// <summary>Continues when the attempt has ended, on the thread that ended it.</summary>
    private readonly struct AttemptEnd(GovernedCall<T> call) : INotifyCompletion
    {
        public bool IsCompleted => call._attempt!.IsDone; // it was handed over

        public AttemptEnd GetAwaiter() => this;

        public void OnCompleted(Action continuation)
        {
            Future<T> attempt = call._attempt!; // as above
            call._afterAttempt = continuation;
            if (!attempt.AddWaiter(call))
            {
                continuation();
            }
            else
            {
                call.FollowStart(attempt);
            }
        }

        public void GetResult() => call.FollowStart(call._attempt!); // as above
    }
}
