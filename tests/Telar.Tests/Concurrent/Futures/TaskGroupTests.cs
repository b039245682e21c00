using Xunit;

#pragma warning disable xUnit1051 // a token of the test would be a second way for each of these calls to end

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public sealed class TaskGroupTests : IAsyncDisposable
{
    private readonly ThreadPoolExecutor _pool = new(new ThreadPoolOptions { MaxWorkers = 4 });

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LeavingTheScope_WaitsForAllCalls(bool async)
    {
        TaskGroup group = new(_pool);
        using ManualResetEventSlim mayEnd = new();
        Future<int> slow = group.Submit(() =>
        {
            mayEnd.Wait(TestToken);
            return 1;
        });

        Task leaving = LeaveAsync(group, async);
        Assert.False(leaving.IsCompleted);
        mayEnd.Set();
        await leaving;

        Assert.True(slow.IsDone);
        Assert.Equal(1, slow.Result());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AFailure_CancelsTheSiblingsAndIsThrownAsItself(bool async)
    {
        TaskGroup group = new(_pool);
        using CountdownEvent started = new(3);
        Future[] running = [.. Enumerable.Range(0, 3).Select(_ => group.Submit(token => SignalAndWaitUntilCancelled(started, token)))];
        started.Wait(TestToken);
        FormatException thrown = new("mine");
        Future<int> failing = group.Submit(() => Throw(thrown));
        _ = failing.Exception();
        Future<int> later = group.Submit(() => 5);

        Exception? caught = await Record.ExceptionAsync(() => LeaveAsync(group, async));

        Assert.Same(thrown, caught);
        Assert.Contains(nameof(AFailure_CancelsTheSiblingsAndIsThrownAsItself), caught!.StackTrace, StringComparison.Ordinal);
        Assert.All(running, future => Assert.True(future.IsCancelled));
        Assert.True(later.IsCancelled || later.Result() == 5);
        Assert.Equal([thrown], group.Failures);
        Assert.True(group.Token.IsCancellationRequested);
    }

    [Fact(Timeout = 120_000)]
    public async Task AFailure_KeepsPendingCallsFromRunning()
    {
        await using ThreadPoolExecutor one = new(1);
        TaskGroup group = new(one);
        using ManualResetEventSlim mayFail = new();
        bool hasRun = false;
        Future failing = group.Submit(() =>
        {
            mayFail.Wait(TestToken);
            throw new FormatException();
        });
        Future pending = group.Submit(() => { hasRun = true; });
        mayFail.Set();

        await Assert.ThrowsAsync<FormatException>(() => group.JoinAsync());

        Assert.True(failing.IsDone);
        Assert.True(pending.IsCancelled);
        Assert.False(hasRun);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SeveralFailures_AreOneAggregateInTheirOrder(bool async)
    {
        ManualExecutor executor = new();
        TaskGroup group = new(executor);
        Exception[] thrown = [new FormatException("first"), new InvalidDataException("second")];
        Future[] futures = [.. thrown.Select(exception => group.Submit(() => throw exception))];
        _ = group.Submit(() => { });

        // The second one has begun when the first one fails: it cannot be cancelled any more.
        Assert.True(futures[1].TryRun());
        executor.Run(0);
        Assert.True(futures[1].TrySetException(thrown[1]));

        AggregateException caught = await Assert.ThrowsAsync<AggregateException>(() => LeaveAsync(group, async));
        Assert.Equal(thrown, caught.InnerExceptions);
        Assert.Equal(thrown, group.Failures);
        Assert.StartsWith("There were 2 failures in TaskGroup 'manual'; the first one cancelled what had not ended.", caught.Message, StringComparison.Ordinal);
        Assert.True(executor.Futures[2].IsCancelled);
    }

    [Fact(Timeout = 120_000)]
    public async Task Join_ThrowsWhatFailed_AndLeavingThenThrowsNothing()
    {
        await using TaskGroup group = new(_pool);
        _ = group.Submit(() => throw new FormatException());

        await Assert.ThrowsAsync<FormatException>(() => group.JoinAsync());
        Assert.Throws<FormatException>(() => group.Join());
    }

    [Fact(Timeout = 120_000)]
    public async Task Join_WhenTheTimeIsOverThoughNoCallWasLeft_SaysSo()
    {
        await using TaskGroup group = new(_pool, TimeSpan.FromTicks(1));
        group.Token.WaitHandle.WaitOne();

        TimeoutException late = Assert.Throws<TimeoutException>(() => group.Join());

        Assert.Contains("its scope had not been left, though its calls had ended.", late.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Join_WhenTheWaitIsCancelled_LeavesTheCallsAlone()
    {
        using ManualResetEventSlim mayEnd = new();
        using CancellationTokenSource cancel = new();
        await using TaskGroup group = new(_pool);
        Future<int> call = group.Submit(() =>
        {
            mayEnd.Wait(TestToken);
            return 7;
        });
        Task join = group.JoinAsync(cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => join);
        Assert.False(group.Token.IsCancellationRequested);
        mayEnd.Set();
        Assert.Equal(7, call.Result());
    }

    [Fact(Timeout = 120_000)]
    public async Task Cancel_StopsTheCallsAndIsNoFailure()
    {
        await using TaskGroup group = new(_pool);
        Future<int> first = group.Submit(() => 1);
        Future slow = group.Submit(token => WaitUntilCancelled(token));

        Assert.Equal(1, await first);
        group.Cancel();
        await group.JoinAsync();

        Assert.True(slow.IsCancelled);
        Assert.Empty(group.Failures);
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_ToACancelledGroup_RunsNothing()
    {
        await using TaskGroup group = new(_pool);
        group.Cancel();
        bool hasRun = false;

        Future late = group.Submit(() => { hasRun = true; });

        Assert.True(late.IsCancelled);
        Assert.False(hasRun);
    }

    [Fact(Timeout = 120_000)]
    public async Task TheCallersToken_CancelsTheGroup()
    {
        using CancellationTokenSource cancel = new();
        TaskGroup group = new(_pool, cancellationToken: cancel.Token);
        Future slow = group.Submit(token => WaitUntilCancelled(token));

        await cancel.CancelAsync();

        OperationCanceledException caught = await Assert.ThrowsAsync<OperationCanceledException>(() => group.DisposeAsync().AsTask());
        Assert.Equal(cancel.Token, caught.CancellationToken);
        Assert.True(slow.IsCancelled);
    }

    [Fact(Timeout = 120_000)]
    public async Task TheCallersToken_CancelledAfterAllHaveEnded_IsNoFailure()
    {
        using CancellationTokenSource cancel = new();
        await using TaskGroup group = new(_pool, cancellationToken: cancel.Token);
        Assert.Equal(1, group.Submit(() => 1).Result());

        await cancel.CancelAsync();
        await group.JoinAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task TheTimeout_CancelsTheCallsAndSaysSo()
    {
        TaskGroup group = new(_pool, TimeSpan.FromMilliseconds(1));
        Future slow = group.Submit(token => WaitUntilCancelled(token));

        TimeoutException caught = await Assert.ThrowsAsync<TimeoutException>(() => group.JoinAsync());

        Assert.StartsWith($"The time given for {group} was over", caught.Message, StringComparison.Ordinal);
        Assert.True(slow.IsCancelled);
    }

    [Fact(Timeout = 120_000)]
    public async Task TheTokenOfACall_CancelsThatCallOnly()
    {
        using CancellationTokenSource cancel = new();
        await using TaskGroup group = new(_pool);
        Future one = group.Submit(token => WaitUntilCancelled(token), cancel.Token);
        using ManualResetEventSlim mayEnd = new();
        Future<int> other = group.Submit(() =>
        {
            mayEnd.Wait(TestToken);
            return 3;
        });

        await cancel.CancelAsync();
        FutureCancelledException caught = Assert.Throws<FutureCancelledException>(() => { one.Result(); });
        Assert.Equal(cancel.Token, caught.CancellationToken);
        mayEnd.Set();
        await group.JoinAsync();

        Assert.Equal(3, other.Result());
    }

    [Fact(Timeout = 120_000)]
    public async Task ACallWithATokenOfItsOwn_IsStoppedByTheGroupToo()
    {
        using CancellationTokenSource cancel = new();
        await using TaskGroup group = new(_pool);
        Future one = group.Submit(token => WaitUntilCancelled(token), cancel.Token);

        group.Cancel();

        Assert.Throws<FutureCancelledException>(() => { one.Result(); });
    }

    [Fact(Timeout = 120_000)]
    public async Task TheCallsThemselves_MaySubmitWhileTheScopeIsLeft()
    {
        TaskGroup group = new(_pool);
        using ManualResetEventSlim leaving = new();
        Future<Future<int>> outer = group.Submit(() =>
        {
            leaving.Wait(TestToken);
            return group.Submit(() => 9);
        });

        Task left = group.DisposeAsync().AsTask();
        leaving.Set();
        await left;

        Assert.Equal(9, outer.Result().Result());
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => { _ = group.Submit(() => 1); });
        Assert.Contains("has ended", refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task WhatTheExecutorRefuses_IsThrownBySubmitAndHoldsNobodyUp()
    {
        InlineExecutor closed = new();
        await closed.DisposeAsync();
        await using TaskGroup group = new(closed);

        Assert.Throws<InvalidOperationException>(() => { _ = group.Submit(() => 1); });
    }

    [Fact(Timeout = 120_000)]
    public async Task Shutdown_WithCancelFutures_CancelsThePendingOnesOnly()
    {
        await using ThreadPoolExecutor one = new(1);
        await using TaskGroup group = new(one);
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim mayEnd = new();
        Future<int> running = group.Submit(token =>
        {
            started.Set();
            mayEnd.Wait(TestToken);
            return token.IsCancellationRequested ? 0 : 1;
        });
        Future<int> pending = group.Submit(() => 2);
        started.Wait(TestToken);

        group.Shutdown(wait: false, cancelFutures: true);
        mayEnd.Set();

        Assert.True(pending.IsCancelled);
        Assert.Equal(1, running.Result());
    }

    [Fact(Timeout = 120_000)]
    public async Task ANestedGroup_FailsWhereItEnds_AndTheOuterOneGoesOn()
    {
        await using TaskGroup outer = new(_pool);
        TaskGroup inner = new(outer);
        _ = inner.Submit(() => throw new FormatException());

        await Assert.ThrowsAsync<FormatException>(() => inner.JoinAsync());

        Assert.False(outer.Token.IsCancellationRequested);
        Assert.Equal(2, outer.Submit(() => 2).Result());
        await outer.JoinAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task ANestedGroup_IsCancelledAndWaitedForByTheOuterOne()
    {
        TaskGroup outer = new(_pool);
        TaskGroup inner = new(outer);
        Future nested = inner.Submit(token => WaitUntilCancelled(token));
        _ = outer.Submit(() => throw new FormatException());
        Task left = outer.JoinAsync();

        OperationCanceledException caught = await Assert.ThrowsAsync<OperationCanceledException>(() => inner.JoinAsync());

        Assert.Equal(outer.Token, caught.CancellationToken);
        Assert.True(nested.IsCancelled);
        await Assert.ThrowsAsync<FormatException>(() => left);
    }

    [Fact(Timeout = 120_000)]
    public async Task ANestedGroupThatIsOpen_HoldsTheOuterOneUp()
    {
        TaskGroup outer = new(new InlineExecutor());
        TaskGroup inner = new(outer);

        Task left = outer.JoinAsync();
        Assert.False(left.IsCompleted);
        await inner.DisposeAsync();

        await left;
        Assert.Throws<InvalidOperationException>(() => new TaskGroup(outer));
    }

    [Fact(Timeout = 120_000)]
    public async Task WhatARegistrationOnTheTokenThrows_IsAFailureOfTheGroup()
    {
        TaskGroup group = new(new InlineExecutor());
        FormatException thrown = new();
        using CancellationTokenRegistration registration = group.Token.Register(() => throw thrown);

        group.Cancel();

        Assert.Same(thrown, await Record.ExceptionAsync(() => group.JoinAsync()));
    }

    [Fact(Timeout = 120_000)]
    public async Task Map_InAGroup_BelongsToTheScope()
    {
        await using TaskGroup group = new(_pool);

        Assert.Equal([1, 4, 9], group.Map(x => x * x, [1, 2, 3]));
        Assert.Equal(_pool.MaxWorkers, group.MaxWorkers);
    }

    [Fact(Timeout = 120_000)]
    public async Task AFailureOfTheLastCall_IsTakenUpBeforeTheGroupEnds()
    {
        ManualExecutor executor = new();
        TaskGroup group = new(executor);
        _ = group.Submit(() => throw new FormatException());
        Task join = group.JoinAsync();

        executor.Run(0);

        // A group that has ended cancels nothing any more.
        Assert.True(group.Token.IsCancellationRequested);
        await Assert.ThrowsAsync<FormatException>(() => join);
    }

    [Fact(Timeout = 120_000)]
    public async Task ManyFailuresAtOnce_AreAllThereWhenTheScopeEnds()
    {
        for (int round = 0; round < 500; round++)
        {
            TaskGroup group = new(_pool);
            using Barrier all = new(4);
            Future[] calls =
            [
                .. Enumerable.Range(0, 4).Select(number => group.Submit(() =>
                {
                    all.SignalAndWait(TestToken);
                    throw new FormatException($"{number}");
                })),
            ];

            AggregateException caught = await Assert.ThrowsAsync<AggregateException>(() => group.JoinAsync());

            Assert.All(calls, call => Assert.True(call.IsDone));
            Assert.Equal(4, caught.InnerExceptions.Count);
        }
    }

    private static Task LeaveAsync(TaskGroup group, bool async) => async ? group.DisposeAsync().AsTask() : Task.Run(group.Dispose);

    private static int Throw(Exception exception) => throw exception;

    private static void SignalAndWaitUntilCancelled(CountdownEvent started, CancellationToken token)
    {
        started.Signal();
        WaitUntilCancelled(token);
    }

    private static void WaitUntilCancelled(CancellationToken token)
    {
        token.WaitHandle.WaitOne();
        token.ThrowIfCancellationRequested();
    }
}
