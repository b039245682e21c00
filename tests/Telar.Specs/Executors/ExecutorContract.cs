using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Executors;

/// <summary>What every executor promises, whatever its workers are: one body for all of them.</summary>
/// <remarks>A call may run in another process or with statics of its own, so calls take what they capture and tell by results and files.</remarks>
public abstract partial class ExecutorContract : ProcessSpec
{
    private const int Limit = 60_000;

    /// <summary>Whether a call may run while its submitter does something else. Where not, every future has ended already.</summary>
    protected virtual bool RunsBeside => true;

    /// <summary>Whether calls see the objects of their submitter, the executor included.</summary>
    protected virtual bool SharesMemory => true;

    /// <summary>Whether a pending call of a higher priority goes first.</summary>
    protected virtual bool HonoursPriority => RunsBeside;

    [Fact(Timeout = Limit)]
    public async Task I_can_submit_every_shape_of_delegate()
    {
        await using Executor executor = Make(2);
        int captured = 5;
        CallOptions named = new() { Name = "named" };

        await executor.Submit(static () => { });
        await executor.Submit(() => ThrowUnless(captured == 5), named);
        Assert.Equal(6, await executor.Submit(() => captured + 1));
        await executor.Submit(async () =>
        {
            await Task.Yield();
            ThrowUnless(captured == 5);
        });
        Assert.Equal(7, await executor.Submit(async () =>
        {
            await Task.Yield();
            return captured + 2;
        }));
        await executor.Submit(static token => ThrowUnless(!token.IsCancellationRequested));
        Assert.True(await executor.Submit(static token => !token.IsCancellationRequested, named));
        await executor.Submit(static async token => await Task.Delay(0, token));
        Assert.Equal(8, await executor.Submit(async token =>
        {
            await Task.Delay(0, token);
            return captured + 3;
        }));
        await executor.Submit(static text => ThrowUnless(text == "argument"), "argument");
        Assert.Equal(8, await executor.Submit(static text => text.Length, "argument", named));
        Assert.Equal(9, await executor.Submit(
            static async number =>
            {
                await Task.Yield();
                return number + 1;
            },
            8));
        Assert.Equal(11, await executor.SubmitAsync(Eleven));
        Assert.Null(await executor.Submit(static () => (string?)null));
        Assert.Equal("named", executor.Submit(static () => 1, named).Name);

        static int Eleven() => 11;
    }

    [Fact(Timeout = Limit)]
    public async Task I_get_the_exception_itself_with_its_type_and_its_stack()
    {
        await using Executor executor = Make(1);
        Future<int> plain = executor.Submit(Fail);
        Future later = executor.Submit(static async () =>
        {
            await Task.Yield();
            throw new FormatException("later");
        });

        FormatException thrown = await Assert.ThrowsAsync<FormatException>(() => plain.AsTask());

        Assert.Equal("plain", thrown.Message);
        Assert.Contains(nameof(Fail), thrown.ToString(), StringComparison.Ordinal);
        Assert.Equal("later", Assert.IsType<FormatException>(later.Exception()).Message);
        Assert.Contains("raised FormatException", plain.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await executor.Submit(static () => 1));

        static int Fail() => throw new FormatException("plain");
    }

    [Fact(Timeout = Limit)]
    public async Task I_run_callbacks_in_order_and_none_is_harmed_by_another()
    {
        await using Executor executor = Make(1);
        List<string> order = [];
        List<Exception> reported = [];
        EventHandler<FutureCallbackFailedEventArgs> handler = (_, failed) => reported.Add(failed.Exception);
        Future.CallbackFailed += handler;
        try
        {
            Future<int> blocker = Block(executor);
            Future<int> future = executor.Submit(static () => 1);
            TaskCompletionSource last = new(TaskCreationOptions.RunContinuationsAsynchronously);
            future.AddDoneCallback(done => order.Add($"first {((Future<int>)done).Result()}"));
            future.AddDoneCallback((Future<int> done) => throw new FormatException());
            future.AddDoneCallback((Future<int> done) =>
            {
                order.Add($"third {done.Result()}");
                last.SetResult();
            });
            Release(blocker);
            await last.Task.WaitAsync(Token);
            int thread = 0;
            future.AddDoneCallback((Future<int> _) => thread = Environment.CurrentManagedThreadId);

            Assert.Equal(Environment.CurrentManagedThreadId, thread);
            Assert.Equal(["first 1", "third 1"], order);
            Assert.IsType<FormatException>(Assert.Single(reported));
        }
        finally
        {
            Future.CallbackFailed -= handler;
        }
    }

    [Fact(Timeout = Limit)]
    public async Task I_can_wait_for_several_futures_of_it()
    {
        await using Executor executor = Make(2);
        Future<int>[] futures = [.. Enumerable.Range(0, 20).Select(number => executor.Submit(() => number))];

        Assert.Equal(Enumerable.Range(0, 20), Futures.AsCompleted(futures).Select(static future => future.Result()).Order());
        (IReadOnlySet<Future<int>> done, IReadOnlySet<Future<int>> notDone) = Futures.Wait(futures);
        Assert.Equal((20, 0), (done.Count, notDone.Count));
        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(futures.Select(static future => future.AsTask())));
    }

    [Fact(Timeout = Limit)]
    public void I_am_told_of_misuse_at_once()
    {
        using Executor executor = Make(1);
        Assert.Throws<ArgumentNullException>("function", () => { executor.Submit((Func<int>)null!); });
        Assert.Throws<ArgumentNullException>("action", () => { _ = executor.SubmitAsync((Action)null!); });
        Assert.Throws<ArgumentNullException>("function", () => executor.Map((Func<int, int>)null!, [1]));
        Assert.Throws<ArgumentNullException>("source", () => executor.Map(static (int number) => number, null!));
        Assert.Throws<ArgumentException>(() => executor.Map(static (int number) => number, [1], new MapOptions { ChunkSize = 3, Window = 2 }));
        Assert.Contains(executor.Name, executor.ToString(), StringComparison.Ordinal);
        Assert.True(executor.MaxWorkers >= 1);
    }

    /// <summary>The executor to test.</summary>
    protected abstract Executor Make(ExecutorKind kind);

    private Executor Make(int workers) => Make(new ExecutorKind(workers));

    /// <summary>A call that holds a worker until <see cref="Release"/>.</summary>
    private Future<int> Block(Executor executor)
    {
        if (!RunsBeside)
        {
            return executor.Submit(static () => 1);
        }

        Future<int> blocker = executor.Submit(static token =>
        {
            token.WaitHandle.WaitOne();
            token.ThrowIfCancellationRequested();
            return 1;
        });
        Assert.True(SpinWait.SpinUntil(() => blocker.IsRunning, Eventually.Patience));
        return blocker;
    }

    private void Release(Future<int> blocker)
    {
        Assert.Equal(RunsBeside, blocker.CancelRunning());
        _ = Futures.Wait([blocker]);
        Assert.Equal(RunsBeside, blocker.IsCancelled);
    }

    private void SkipUnlessItRunsBeside() => Assert.SkipUnless(RunsBeside, "A call has ended when Submit returns: there is none that is pending or running.");

    private static void ThrowUnless(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("It does not hold.");
        }
    }
}
