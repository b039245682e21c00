using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public class FutureAwaitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Await_GivesTheResult_BeforeAndAfterItIsThere()
    {
        FutureSource<int> source = new();
        Task<int> early = Await(source.Future);
        Assert.False(early.IsCompleted);
        source.SetResult(42);
        Assert.Equal(42, await early);
        Assert.Equal(42, await source.Future);
        Assert.Equal(42, await source.Future.ConfigureAwait(false));
        await (Future)source.Future;
        await ((Future)source.Future).ConfigureAwait(false);

        static async Task<int> Await(Future<int> future) => await future;
    }

    [Fact(Timeout = 120_000)]
    public async Task Await_OfAFailedCall_ThrowsTheExceptionItself()
    {
        FutureSource<int> source = new();
        Task<int> early = source.Future;
        FormatException thrown = FutureTests.Thrown();
        source.SetException(thrown);
        Assert.Same(thrown, await Assert.ThrowsAsync<FormatException>(() => early));
        Assert.Same(thrown, await Assert.ThrowsAsync<FormatException>(async () => await source.Future));
        Assert.Contains("ThrowDeepDown", thrown.StackTrace, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Await_OfACancelledCall_ThrowsFutureCancelledInACancelledTask(bool early)
    {
        FutureSource<int> source = new("resize");
        Task<int>? task = early ? source.Future.AsTask() : null;
        source.Future.Cancel();
        task ??= source.Future.AsTask();

        FutureCancelledException thrown = await Assert.ThrowsAsync<FutureCancelledException>(() => task);

        Assert.Equal("resize", thrown.CallName);
        Assert.Equal(TaskStatus.Canceled, task.Status);
    }

    [Fact(Timeout = 120_000)]
    public async Task AsTask_IsAlwaysTheSame()
    {
        FutureSource<int> source = new();
        Task<int> task = source.Future.AsTask();
        Assert.Same(task, source.Future.AsTask());
        Assert.Same(task, ((Future)source.Future).AsTask());
        source.SetResult(1);
        Assert.Same(task, source.Future.AsTask());
        Assert.Equal(1, await task);

        FutureSource<int> done = new();
        done.SetResult(2);
        Assert.Same(done.Future.AsTask(), done.Future.AsTask());
    }

    [Fact(Timeout = 120_000)]
    public async Task AFuture_PassesAsATask()
    {
        FutureSource<int> first = new();
        FutureSource<int> second = new();
        Task<int> typed = first.Future;
        Task plain = second.Future;
        Future untyped = first.Future;
        Task alsoPlain = untyped;
        Task both = Task.WhenAll(first.Future, second.Future, untyped);
        Task<int[]> values = Task.WhenAll<int>(first.Future, second.Future);
        first.SetResult(1);
        second.SetResult(2);

        await both;
        await plain;
        int[] all = await values;
        Assert.Equal([1, 2], all);
        Assert.Same(typed, alsoPlain);
    }

    [Fact(Timeout = 120_000)]
    public async Task Continuations_DoNotRunOnTheCompletingThread()
    {
        FutureSource<int> source = new();
        using ManualResetEventSlim mayGoOn = new();
        Task continuation = Continue();

        // A continuation that ran inside SetResult would wait for ever for what comes after it.
        source.SetResult(1);
        mayGoOn.Set();
        await continuation;

        async Task Continue()
        {
            await source.Future.ConfigureAwait(false);
            mayGoOn.Wait(Token);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Await_ReturnsToTheSynchronizationContext()
    {
        CountingContext context = new();
        FutureSource<int> source = new();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        Task waiting;
        try
        {
            waiting = Await(source.Future);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        source.SetResult(1);
        await waiting;
        Assert.Equal(1, context.Posts);

        static async Task Await(Future<int> future) => await future;
    }

    [Fact(Timeout = 120_000)]
    public async Task ResultAsync_WhenTheTimeRunsOut_NamesTheCallAndLeavesItAlone()
    {
        FutureSource<int> source = new("resize");
        TimeoutException thrown = await Assert.ThrowsAsync<TimeoutException>(
            () => source.Future.ResultAsync(TimeSpan.FromMilliseconds(20), Token));
        Assert.StartsWith("Call 'resize' had not ended after 20 ms", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TimeoutException>(() => source.Future.ResultAsync(TimeSpan.Zero, Token));
        await Assert.ThrowsAsync<TimeoutException>(() => source.Future.ExceptionAsync(TimeSpan.Zero, Token));
        source.SetResult(1);
        Assert.Equal(1, await source.Future.ResultAsync(TimeSpan.Zero, Token));
        Assert.Equal(1, await source.Future.ResultAsync(Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task ResultAsync_OfACallThatThrewATimeoutException_ThrowsThatOne()
    {
        FutureSource<int> source = new();
        Task<int> wait = source.Future.ResultAsync(TimeSpan.FromMinutes(1), Token);
        TimeoutException own = new("the call's own");
        source.SetException(own);
        Assert.Same(own, await Assert.ThrowsAsync<TimeoutException>(() => wait));
    }

    [Fact(Timeout = 120_000)]
    public async Task ResultAsync_WhenTheWaitIsCancelled_LeavesTheCallAlone()
    {
        FutureSource<int> source = new();
        using CancellationTokenSource cancel = new();
        Task<int> wait = source.Future.ResultAsync(cancel.Token);
        Task<int> timed = source.Future.ResultAsync(TimeSpan.FromMinutes(1), cancel.Token);
        Task<Exception?> exception = source.Future.ExceptionAsync(cancel.Token);

        await cancel.CancelAsync();

        foreach (Task each in (Task[])[wait, timed, exception])
        {
            OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => each);
            Assert.IsNotType<FutureCancelledException>(thrown);
            Assert.Equal(cancel.Token, thrown.CancellationToken);
        }

        Assert.Equal(FutureState.Pending, source.Future.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task ExceptionAsync_ReturnsTheExceptionOrNothing()
    {
        FutureSource<int> failed = new();
        Task<Exception?> wait = failed.Future.ExceptionAsync(Token);
        FormatException mistake = new();
        failed.SetException(mistake);
        Assert.Same(mistake, await wait);

        FutureSource<int> good = new();
        good.SetResult(1);
        Assert.Null(await good.Future.ExceptionAsync(Token));

        FutureSource<int> cancelled = new();
        cancelled.Future.Cancel();
        await Assert.ThrowsAsync<FutureCancelledException>(() => cancelled.Future.ExceptionAsync(Token));
    }

    private sealed class CountingContext : SynchronizationContext
    {
        private int _posts;

        public int Posts => _posts;

        public override void Post(SendOrPostCallback d, object? state)
        {
            Interlocked.Increment(ref _posts);
            base.Post(d, state);
        }
    }
}
