using Telar.Concurrent.Futures.Observing;
using Telar.Concurrent.Futures.Waiting;

namespace Telar.Concurrent.Futures;

// Its states, invariants and locks: TaskGroup.Calls.cs.

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
public sealed partial class TaskGroup : Executor
{
    private readonly Executor _executor;
    private readonly TaskGroup? _outer;
    private readonly CancellationToken _callersToken;
    private readonly CancellationTokenRegistration _callersCancellation;
    private readonly CancellationTokenRegistration _outerCancellation;
    private readonly ITimer? _timer;

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

    /// <summary>The figures of the executor that the group was made on: of all its calls, and not only the group's.</summary>
    public override ExecutorStatistics Statistics => _executor.Statistics;

    internal override ExecutorLoad Load => _executor.Load;

    internal override bool HasEnded => _ended.Task.IsCompleted;

    internal override string? RunsApartIn => _executor.RunsApartIn;

    private protected override Task Finished => _ended.Task;

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

    private static string NameOf(Executor executor)
    {
        ArgumentNullException.ThrowIfNull(executor);
        return executor.Name;
    }
}
