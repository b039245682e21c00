using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Telar.Concurrent.Futures.Calls;
using Telar.Concurrent.Futures.Observing;
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

/// <summary>A scope for calls that belong together: it ends when all of them have ended, and one that fails cancels the others.</summary>
/// <remarks>
/// <para>
/// A group is an <see cref="Executor"/>: it hands its calls to the one it was made on, so everything that takes an executor can be given a
/// group. Leaving the scope (<see langword="using"/>, better <see langword="await"/> <see langword="using"/>) waits for all calls. When a
/// call fails, pending calls of the group never run and running ones are asked to stop (<see cref="Future.CancelRunning"/>: a pool of
/// processes replaces a worker that does not); when all have ended, the scope throws what failed.
/// </para>
/// <para>
/// One failure is thrown as itself, with its stack; several are an <see cref="AggregateException"/>, in the order in which they came.
/// What a call ends with because it was asked to stop is no failure, and neither is a call that was cancelled by itself.
/// </para>
/// <para>
/// C# does not tell a scope that its body threw. So a group in a <see langword="using"/> waits for its calls even then, and a failed call
/// takes the place of the body's exception. <see cref="RunAsync(Executor, Func{TaskGroup, Task}, TimeSpan?, CancellationToken)"/> knows the
/// body: an exception there cancels the calls, and none is lost.
/// </para>
/// <para>
/// A group on a group is nested: the outer one waits for it and cancels it, but hears of its failures only if they leave its scope.
/// </para>
/// <para>Python: <c>asyncio.TaskGroup</c>, which always throws an <c>ExceptionGroup</c>; <c>concurrent.futures</c> has none.</para>
/// <para><b>Thread safety.</b> All members may be used by any number of threads at once; the group's own calls may submit to it.</para>
/// </remarks>
/// <example><code>
/// Future&lt;string&gt; text, image;
/// await using (TaskGroup group = new(pool))
/// {
///     text = group.Submit(() => LoadText());
///     image = group.Submit(() => LoadImage());
/// }
///
/// Show(text.Result(), image.Result());
/// </code></example>
public sealed partial class TaskGroup : Executor, IFutureWaiter
{
    private readonly Lock _gate = new();
    private readonly Executor _executor;
    private readonly TaskGroup? _outer;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _callersToken;
    private readonly CancellationTokenRegistration _callersCancellation;
    private readonly CancellationTokenRegistration _outerCancellation;
    private readonly ITimer? _timer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<Future> _calls = new(ReferenceEqualityComparer.Instance);
    private readonly List<ExceptionDispatchInfo> _failures = [];
    private int _open = 1;
    private bool _isClosed;
    private bool _isCut;
    private bool _isTold;

    /// <summary>Opens a group.</summary>
    /// <param name="executor">Where the calls run; a <see cref="TaskGroup"/> becomes the outer group. It is not disposed with the group.</param>
    /// <param name="timeout">
    /// How long the whole group may take, counted from now; then its calls are cancelled, and leaving it throws
    /// <see cref="TimeoutException"/>. <see langword="null"/> and <see cref="Timeout.InfiniteTimeSpan"/> set no limit.
    /// </param>
    /// <param name="cancellationToken">Cancels the group: pending calls never run, running ones are asked to stop.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="executor"/> is a group that has ended.</exception>
    public TaskGroup(Executor executor, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        : base(NameOf(executor))
    {
        Deadline deadline = Deadline.After(timeout);
        _outer = executor as TaskGroup;
        _outer?.Enter();
        _executor = _outer?._executor ?? executor;
        _callersToken = cancellationToken;
        Token = _stop.Token;
        _callersCancellation = cancellationToken.UnsafeRegister(static group => ((TaskGroup)group!).Cancel(), this); // never null: passed here
        _outerCancellation = (_outer?.Token ?? default).UnsafeRegister(static group => ((TaskGroup)group!).Cancel(), this); // as above
        if (!deadline.IsNever)
        {
            _timer = TimeProvider.System.CreateTimer(
                static group => ((TaskGroup)group!).OnDeadline(), this, deadline.Remaining, Timeout.InfiniteTimeSpan); // as above
        }
    }

    /// <summary>How many calls the executor can run at the same time.</summary>
    public override int MaxWorkers => _executor.MaxWorkers;

    /// <summary>Cancelled when the group is to stop: a call failed, the time is over, or somebody cancelled it.</summary>
    /// <value>For the body, and for calls in this process; a call that takes a token gets one that follows it.</value>
    public CancellationToken Token { get; }

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

    /// <summary>The figures of the executor that the group was made on: of all its calls, and not only the group's.</summary>
    public override ExecutorStatistics Statistics => _executor.Statistics;

    internal override ExecutorLoad Load => _executor.Load;

    internal override bool HasEnded => _ended.Task.IsCompleted;

    internal override bool IsInThisProcess => _executor.IsInThisProcess;

    private protected override Task Finished => _ended.Task;

    bool IFutureWaiter.RunsUserCode => true;

    /// <summary>Cancels the group: pending calls never run, running ones are asked to stop. Calls submitted later never run either.</summary>
    /// <remarks>This is no failure: leaving the group waits for the running calls and throws nothing on account of it.</remarks>
    public void Cancel()
    {
        if (!TryEnter())
        {
            return;
        }

        try
        {
            _stop.Cancel();
        }
        catch (AggregateException failed)
        {
            // From whoever registered on a token: there is no better place to tell it than the end of the scope.
            foreach (Exception exception in failed.Flatten().InnerExceptions)
            {
                Record(exception);
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Closes the group, waits for all of its calls, and throws what failed.</summary>
    /// <param name="cancellationToken">Cancels the wait. The calls go on, and leaving the scope waits for them.</param>
    /// <exception cref="AggregateException">Several failed, <see cref="Failures"/>. One alone is thrown as itself.</exception>
    /// <exception cref="TimeoutException">The time given for the group was over before it ended.</exception>
    /// <exception cref="OperationCanceledException">
    /// The group was cancelled from outside before its calls had ended, or this wait was cancelled.
    /// </exception>
    /// <remarks>
    /// For when the results are needed inside the scope. Leaving the scope then throws nothing more. Only the calls themselves may still
    /// submit; a call that joins its own group waits for ever.
    /// </remarks>
    public void Join(CancellationToken cancellationToken = default)
    {
        Close(cancelFutures: false);
        _ended.Task.Wait(cancellationToken);
        ThrowIfFailed();
    }

    /// <summary>Closes the group, waits for all of its calls without holding a thread, and throws what failed.</summary>
    /// <inheritdoc cref="Join"/>
    /// <returns>A task that ends when all calls have ended.</returns>
    public async Task JoinAsync(CancellationToken cancellationToken = default)
    {
        Close(cancelFutures: false);
        await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        ThrowIfFailed();
    }

    /// <inheritdoc/>
    /// <remarks>When it waits, it throws what failed as <see cref="Join"/>, unless that was thrown before.</remarks>
    public override void Shutdown(bool wait = true, bool cancelFutures = false)
    {
        base.Shutdown(wait, cancelFutures);
        if (wait)
        {
            ThrowIfFailed(unlessTold: true);
        }
    }

    /// <inheritdoc/>
    /// <remarks>It throws what failed as <see cref="JoinAsync"/>, unless that was thrown before.</remarks>
    public override async Task ShutdownAsync(bool cancelFutures = false, CancellationToken cancellationToken = default)
    {
        await base.ShutdownAsync(cancelFutures, cancellationToken).ConfigureAwait(false);
        ThrowIfFailed(unlessTold: true);
    }

    void IFutureWaiter.Notify(Future future)
    {
        if (future.IsFailed)
        {
            Fail(future.Exception()!); // it has failed
        }

        Leave(future);
    }

    internal override Future<T> SubmitCall<T>(ExecutorCall<T> call, CallOptions? options, CancellationToken cancellationToken) =>
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

    private static string NameOf(Executor executor)
    {
        ArgumentNullException.ThrowIfNull(executor);
        return executor.Name;
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
            $"The time given for {this} was over before it ended: {calls} of its calls had not ended, and were cancelled. Give it more " +
            "time, or give single calls a limit with CallOptions.Timeout."));
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
                $"{_failures.Count} calls of {this} failed; the first failure cancelled the others.",
                _failures.Select(static failure => failure.SourceException));
        }

        CancellationToken token = _callersToken.IsCancellationRequested ? _callersToken : _outer?.Token ?? default;
        if (_isCut && token.IsCancellationRequested)
        {
            throw new OperationCanceledException($"{this} was cancelled before its calls had ended.", token);
        }
    }
}
