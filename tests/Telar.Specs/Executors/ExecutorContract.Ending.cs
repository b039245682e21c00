using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Executors;

/// <summary>Cancelling, shutting down, breaking.</summary>
public abstract partial class ExecutorContract
{
    [Fact(Timeout = Limit)]
    public async Task I_can_cancel_a_pending_call_and_it_never_runs()
    {
        SkipUnlessItRunsBeside();
        using CallLog log = new();
        string path = log.Path;
        await using (Executor executor = Make(1))
        {
            Future<int> blocker = Block(executor);
            Future<int>[] pending = [.. Enumerable.Range(0, 5).Select(_ => executor.Submit(() => CallLog.Note(path, "ran")))];

            Assert.All(pending, static future => Assert.True(future.Cancel()));
            Assert.All(pending, static future => Assert.True(future.Cancel()));
            Assert.False(blocker.Cancel());
            Assert.False(Assert.Throws<FutureCancelledException>(() => { pending[0].Result(); }).HasRun);
            Release(blocker);
        }

        Assert.Empty(log.Lines);
    }

    [Fact(Timeout = Limit)]
    public async Task I_can_cancel_by_my_token_what_is_pending_and_what_runs()
    {
        SkipUnlessItRunsBeside();
        await using Executor executor = Make(1);
        using CancellationTokenSource cancel = new();
        using CallLog log = new();
        string path = log.Path;
        Future<int> running = executor.Submit(
            token =>
            {
                CallLog.Note(path, "begun");
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            cancel.Token);
        await Eventually.Holds(() => log.Lines.Count == 1, () => $"The call is {running.State}.");
        Task<int> pending = executor.SubmitAsync(static () => 2, cancel.Token);

        await cancel.CancelAsync();

        FutureCancelledException stopped = await Assert.ThrowsAsync<FutureCancelledException>(() => running.AsTask());
        FutureCancelledException cancelled = await Assert.ThrowsAsync<FutureCancelledException>(() => pending);
        Assert.Equal((true, cancel.Token), (stopped.HasRun, stopped.CancellationToken));
        Assert.Equal((false, cancel.Token), (cancelled.HasRun, cancelled.CancellationToken));
    }

    [Fact(Timeout = Limit)]
    public async Task I_submit_with_a_cancelled_token_and_nothing_runs()
    {
        using CallLog log = new();
        string path = log.Path;
        await using (Executor executor = Make(1))
        {
            CancellationToken cancelled = new(canceled: true);
            Future<int> future = executor.Submit(() => CallLog.Note(path, "ran"), new CallOptions { Name = "late" }, cancelled);

            Assert.Equal(("late", cancelled), (Assert.Throws<FutureCancelledException>(() => { future.Result(); }).CallName, cancelled));
            await Assert.ThrowsAsync<FutureCancelledException>(() => executor.SubmitAsync(() => CallLog.Note(path, "ran"), cancelled));
        }

        Assert.Empty(log.Lines);
    }

    [Fact(Timeout = Limit)]
    public async Task I_give_up_a_wait_and_the_call_goes_on()
    {
        SkipUnlessItRunsBeside();
        await using Executor executor = Make(1);
        Future<int> blocker = Block(executor);
        using CancellationTokenSource leave = new();
        leave.CancelAfter(10);

        Assert.Throws<TimeoutException>(() => { blocker.Result(TimeSpan.Zero); });
        await Assert.ThrowsAsync<TimeoutException>(() => blocker.ResultAsync(TimeSpan.FromMilliseconds(10)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocker.ResultAsync(leave.Token));
        Assert.False(blocker.IsDone);
        Release(blocker);
    }

    [Fact(Timeout = Limit)]
    public async Task I_leave_its_scope_when_all_calls_have_ended()
    {
        Future<int>[] first;
        Future<int>[] second;
        await using (Executor executor = Make(2))
        {
            first = [.. Enumerable.Range(0, 20).Select(number => executor.Submit(() => number))];
        }

        using (Executor executor = Make(2))
        {
            second = [.. Enumerable.Range(0, 20).Select(number => executor.Submit(() => number))];
        }

        Assert.All(first.Concat(second), static future => Assert.True(future.IsDone && !future.IsCancelled));
    }

    [Fact(Timeout = Limit)]
    public async Task I_shut_it_down_and_it_refuses_calls_but_runs_those_it_has()
    {
        Executor executor = Make(1);
        Future<int> blocker = Block(executor);
        Future<int> pending = executor.Submit(static () => 2);

        executor.Shutdown(wait: false);
        executor.Shutdown(wait: false);

        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => { executor.Submit(static () => 3); });
        Assert.StartsWith($"{executor} was shut down", refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => executor.Map(static (int number) => number, [1]));
        Release(blocker);
        Assert.Equal(2, await pending);
        await executor.ShutdownAsync();
        executor.Dispose();
    }

    [Fact(Timeout = Limit)]
    public async Task I_shut_it_down_and_cancel_what_has_not_started()
    {
        SkipUnlessItRunsBeside();
        Executor executor = Make(1);
        Future<int> blocker = Block(executor);
        Future<int>[] pending = [.. Enumerable.Range(0, 5).Select(number => executor.Submit(() => number))];

        Task ended = executor.ShutdownAsync(cancelFutures: true);

        Assert.All(pending, static future => Assert.Throws<FutureCancelledException>(() => { future.Result(Eventually.Patience); }));
        Assert.False(ended.IsCompleted);
        Release(blocker);
        await ended;
    }

    [Fact(Timeout = Limit)]
    public async Task I_shut_it_down_from_several_threads_and_all_return_after_the_last_call()
    {
        SkipUnlessItRunsBeside();
        Executor executor = Make(1);
        Future<int> blocker = Block(executor);
        Task[] shutdowns = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => executor.Shutdown(), Token)), executor.ShutdownAsync()];

        Assert.All(shutdowns, static shutdown => Assert.False(shutdown.IsCompleted));
        Release(blocker);

        await Task.WhenAll(shutdowns);
    }

    [Fact(Timeout = Limit)]
    public async Task I_shut_it_down_in_a_callback_of_its_own_call()
    {
        Executor executor = Make(1);
        Future<int> blocker = Block(executor);
        Future<int> future = executor.Submit(static () => 1);
        TaskCompletionSource isShutDown = new(TaskCreationOptions.RunContinuationsAsynchronously);
        future.AddDoneCallback((Future<int> _) =>
        {
            executor.Shutdown();
            isShutDown.SetResult();
        });

        Release(blocker);

        await isShutDown.Task.WaitAsync(Token);
        await executor.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task I_shut_it_down_in_one_of_its_calls()
    {
        Assert.SkipUnless(SharesMemory, "A call cannot take its executor along.");
        Executor executor = Make(1);

        Future<bool> future = executor.Submit(() =>
        {
            executor.Shutdown();
            return true;
        });

        Assert.True(await future);
        await executor.DisposeAsync();
        Assert.Throws<InvalidOperationException>(() => { executor.Submit(static () => 1); });
    }

    [Fact(Timeout = Limit)]
    public async Task I_get_the_initializers_exception_from_every_call_of_a_broken_executor()
    {
        SkipUnlessItRunsBeside();
        Executor executor = Make(new ExecutorKind(1) { Initializer = static () => throw new FormatException("no license") });
        List<BrokenExecutorException> broken = [];
        for (int i = 0; i < 3; i++)
        {
            broken.Add(await Assert.ThrowsAnyAsync<BrokenExecutorException>(() => executor.SubmitAsync(static () => 1)));
        }

        Assert.All(broken, exception => Assert.Equal(executor.Name, exception.Executor));
        Assert.All(broken, static exception => Assert.IsType<FormatException>(exception.InnerException));
        Assert.All(broken, static exception => Assert.Contains("no license", exception.Message, StringComparison.Ordinal));
        await executor.DisposeAsync();
    }
}
