using Xunit;

#pragma warning disable xUnit1051 // a token of the test would be a second way for each of these calls to end

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;
using Telar.Concurrent.Futures.Waiting;

public sealed class ThreadPoolExecutorTests : ExecutorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task CancellingTheToken_CancelsAPendingCallAndStopsARunningOne()
    {
        await using ThreadPoolExecutor executor = new(1);
        using CancellationTokenSource cancel = new();
        using ManualResetEventSlim started = new();
        Future<int> running = executor.Submit(
            token =>
            {
                started.Set();
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
                return 1;
            },
            cancel.Token);
        bool hasRun = false;
        Task<bool> pending = executor.SubmitAsync(() => hasRun = true, cancel.Token);
        started.Wait(Token);

        await cancel.CancelAsync();

        FutureCancelledException stopped = Assert.Throws<FutureCancelledException>(() => { running.Result(); });
        FutureCancelledException cancelled = await Assert.ThrowsAsync<FutureCancelledException>(() => pending);
        Assert.Equal((true, cancel.Token), (stopped.HasRun, stopped.CancellationToken));
        Assert.Equal((false, cancel.Token), (cancelled.HasRun, cancelled.CancellationToken));
        await executor.DisposeAsync();
        Assert.False(hasRun);
    }

    [Fact(Timeout = 120_000)]
    public void ACallThatIsAskedToStopAndDoesNot_KeepsItsResult()
    {
        using ThreadPoolExecutor executor = new(1);
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim mayEnd = new();
        Future<int> deaf = executor.Submit(
            token =>
            {
                started.Set();
                mayEnd.Wait(Token);
                return 1;
            },
            Token);
        Future<int> withoutToken = executor.Submit(() => 2);
        started.Wait(Token);

        Assert.True(deaf.CancelRunning());

        Assert.False(deaf.IsDone);
        mayEnd.Set();
        Assert.Equal(1, deaf.Result());
        Assert.Equal(2, withoutToken.Result());
    }

    [Fact(Timeout = 120_000)]
    public void CancelRunning_OfACallThatTakesNoToken_SaysThatItCanDoNothing()
    {
        using ThreadPoolExecutor executor = new(1);
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim mayEnd = new();
        Future future = executor.Submit(() =>
        {
            started.Set();
            mayEnd.Wait(Token);
        });
        started.Wait(Token);

        Assert.False(future.CancelRunning());

        mayEnd.Set();
        future.Result();
    }

    [Fact(Timeout = 120_000)]
    public void Shutdown_WithCancelFutures_CancelsThePendingOnesOnly()
    {
        ThreadPoolExecutor executor = new(1);
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim mayEnd = new();
        Future<int> running = executor.Submit(
            () =>
            {
                started.Set();
                mayEnd.Wait(Token);
                return 1;
            },
            Token);
        Future<int> pending = executor.Submit(() => 2, Token);
        started.Wait(Token);

        executor.Shutdown(wait: false, cancelFutures: true);

        Assert.True(pending.IsCancelled);
        Assert.False(running.IsDone);
        mayEnd.Set();
        executor.Shutdown();
        Assert.Equal(1, running.Result());
    }

    [Fact(Timeout = 120_000)]
    public async Task ALongLivedToken_HoldsNoEndedCalls()
    {
        using CancellationTokenSource lasting = new();
        ThreadPoolExecutor executor = new(2);
        WeakReference[] futures = [.. Enumerable.Range(0, 20).Select(i => SubmitOne())];
        await executor.DisposeAsync();
        executor = null!;

        // The thread of the last call has left the pool, and may be a moment away from its end.
        Assert.True(SpinWait.SpinUntil(NoneIsAlive, 60_000), $"{futures.Count(future => future.IsAlive)} of 20 are alive");

        bool NoneIsAlive()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !futures.Any(future => future.IsAlive);
        }

        WeakReference SubmitOne() => new(executor.Submit(() => 1, lasting.Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_OfCallsThatBlock_GrowsAnElasticPool()
    {
        const int Calls = 40;
        using ThreadPoolExecutor executor = new();
        using CountdownEvent allBlocked = new(Calls);
        using ManualResetEventSlim mayEnd = new();

        // With a fixed number of threads below 40 the countdown would never come to its end.
        Future[] futures = [.. Enumerable.Range(0, Calls).Select(_ => executor.Submit(() =>
        {
            allBlocked.Signal();
            mayEnd.Wait(Token);
        }))];
        allBlocked.Wait(Token);

        Assert.True(executor.Statistics.Threads >= Calls);
        mayEnd.Set();
        await Task.WhenAll(futures.Select(future => future.AsTask()));
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_WithANumberOfThreads_NeverRunsMoreAtOnce()
    {
        const int Threads = 3;
        using ThreadPoolExecutor executor = new(Threads);
        int running = 0;
        int most = 0;
        Future[] futures = [.. Enumerable.Range(0, 300).Select(_ => executor.Submit(() =>
        {
            int now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            Thread.Yield();
            Interlocked.Decrement(ref running);
        }))];

        await Task.WhenAll(futures.Select(future => future.AsTask()));

        Assert.InRange(most, 1, Threads);
        Assert.InRange(executor.Statistics.Threads, 1, Threads);
        Assert.Equal(300, executor.Statistics.StartedCalls);
    }

    [Fact(Timeout = 120_000)]
    public void Submit_WhenAThreadIsIdle_StartsNoOther()
    {
        using ThreadPoolExecutor executor = new(8);
        for (int i = 0; i < 50; i++)
        {
            executor.Submit(() => { }).Result();
            Assert.True(SpinWait.SpinUntil(() => executor.Statistics.IdleThreads == executor.Statistics.Threads, 5_000));
        }

        Assert.Equal(1, executor.Statistics.Threads);
    }

    // Seen red: with IsReturning always false.
    [Fact(Timeout = 120_000)]
    public async Task Submit_RightAfterAResult_StartsNoOtherThread()
    {
        using ThreadPoolExecutor executor = new(8);

        for (int i = 0; i < 3_000; i++)
        {
            Assert.Equal(i, executor.Submit(() => i).Result());
            Assert.Equal(i, await executor.Submit(() => i, new CallOptions { Name = "named" }));
        }

        Assert.Equal(["ThreadPoolExecutor"], executor.Statistics.Workers.Select(worker => worker.Name.Split('-')[0]));
    }

    // Seen red: with WakeOne looking for workers that return, and not for those that were started.
    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public void Submit_OfAFewCalls_StartsNoMoreThreadsThanThereAreCalls(bool hasInitializer)
    {
        for (int round = 0; round < 300; round++)
        {
            using ThreadPoolExecutor executor = new(new ThreadPoolOptions
            {
                MaxWorkers = 8,
                Initializer = hasInitializer ? () => Thread.SpinWait(round) : null,
            });
            using CountdownEvent begun = new(3);
            using ManualResetEventSlim mayEnd = new();
            for (int i = 0; i < 3; i++)
            {
                _ = executor.Submit(() =>
                {
                    begun.Signal();
                    mayEnd.Wait(Token);
                });
            }

            // A thread calls for another one after it has taken a call and before it runs it: now none is started any more.
            begun.Wait(Token);
            int threads = executor.Statistics.Threads;
            mayEnd.Set();

            Assert.Equal(3, threads);
        }
    }

    // Seen red: with HoldUpCurrent doing nothing.
    [Fact(Timeout = 120_000)]
    public void Submit_InACallbackThatWaitsForTheCall_IsRunByAnotherThread()
    {
        using ThreadPoolExecutor executor = new(2);
        using ManualResetEventSlim mayEnd = new();
        using ManualResetEventSlim hasAnswer = new();
        int answer = 0;
        executor.Submit(() => mayEnd.Wait(Token)).AddDoneCallback(_ =>
        {
            answer = executor.Submit(() => 42).Result();
            hasAnswer.Set();
        });

        mayEnd.Set();
        hasAnswer.Wait(Token);

        Assert.Equal(42, answer);
    }

    // Seen red: with HoldUpCurrent's look at the queue taken out.
    [Fact(Timeout = 120_000)]
    public void Submit_BetweenTheEndOfACallAndACallbackThatWaits_IsRunByAnotherThread()
    {
        using ThreadPoolExecutor executor = new(2);
        using ManualResetEventSlim mayEnd = new();
        using ManualResetEventSlim hasAnswer = new();
        int answer = 0;
        Future<int>? second = null;
        Future first = executor.Submit(() => mayEnd.Wait(Token));
        first.AddDoneCallback(_ =>
        {
            answer = second!.Result(); // set by the waiter, which is told first
            hasAnswer.Set();
        });
        Assert.True(first.AddWaiter(new Told(() => second = executor.Submit(() => 42))));

        mayEnd.Set();
        hasAnswer.Wait(Token);

        Assert.Equal(42, answer);
    }

    // Seen red: with Grow refused after Close.
    [Fact(Timeout = 120_000)]
    public void Shutdown_WhenCallsWaitForOthersThatHaveNoThread_LetsAnElasticPoolGrow()
    {
        int calls = Environment.ProcessorCount + 8;
        using CountdownEvent allBlocked = new(calls);
        using ThreadPoolExecutor executor = new();
        Future[] futures = [.. Enumerable.Range(0, calls).Select(_ => executor.Submit(() =>
        {
            allBlocked.Signal();
            allBlocked.Wait(Token);
        }))];

        executor.Shutdown();

        Assert.All(futures, future => Assert.True(future.IsDone));
    }

    [Fact(Timeout = 120_000)]
    public void Threads_HaveTheirNamesAndEndWhenTheyAreIdle()
    {
        using ThreadPoolExecutor executor = new(new ThreadPoolOptions
        {
            MaxWorkers = 1,
            ThreadNamePrefix = "loom",
            IdleTimeout = TimeSpan.FromMilliseconds(20),
            Priority = ThreadPriority.BelowNormal,
        });

        (string? name, bool isBackground, bool isPoolThread) = executor.Submit(() =>
            (Thread.CurrentThread.Name, Thread.CurrentThread.IsBackground, Thread.CurrentThread.IsThreadPoolThread)).Result();
        Assert.Equal(("loom_0", false, false), (name, isBackground, isPoolThread));
        Assert.Equal("loom", executor.Name);

        Assert.True(SpinWait.SpinUntil(() => executor.Statistics.Threads == 0, 10_000));
        Assert.Equal("loom_1", executor.Submit(() => Thread.CurrentThread.Name).Result());
    }

    [Fact(Timeout = 120_000)]
    public async Task Initializer_RunsOnEachThreadBeforeItsFirstCall()
    {
        using ThreadLocal<int> mark = new();
        using ThreadPoolExecutor executor = new(new ThreadPoolOptions { MaxWorkers = 2, Initializer = () => mark.Value = 7 });
        Future<int>[] futures = [.. Enumerable.Range(0, 20).Select(_ => executor.Submit(() => mark.Value))];
        Assert.All(await Task.WhenAll(futures.Select(future => future.AsTask())), value => Assert.Equal(7, value));
    }

    [Fact(Timeout = 120_000)]
    public void Initializer_ThatThrows_BreaksThePoolAndSaysWhy()
    {
        using ManualResetEventSlim mayThrow = new();
        using ThreadPoolExecutor executor = new(new ThreadPoolOptions
        {
            MaxWorkers = 2,
            ThreadNamePrefix = "frail",
            Initializer = () =>
            {
                mayThrow.Wait(Token);
                throw new FormatException("no license");
            },
        });
        Future<int>[] pending = [executor.Submit(() => 1), executor.Submit(() => 2), executor.Submit(() => 3)];
        mayThrow.Set();

        foreach (Future<int> future in pending)
        {
            BrokenThreadPoolException thrown = Assert.Throws<BrokenThreadPoolException>(() => { future.Result(); });
            Assert.IsType<FormatException>(thrown.InnerException);
            Assert.Contains("'frail_", thrown.Message, StringComparison.Ordinal);
            Assert.Contains("no license", thrown.Message, StringComparison.Ordinal);
        }

        Assert.True(executor.IsBroken);
        Assert.Throws<BrokenThreadPoolException>(() => { executor.Submit(() => 4); });
        executor.Shutdown();
    }

    [Fact(Timeout = 120_000)]
    public void Submit_ByPriority_RunsTheHigherFirstAndEqualsInOrder()
    {
        using ThreadPoolExecutor executor = new(1);
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim mayEnd = new();
        executor.Submit(() =>
        {
            started.Set();
            mayEnd.Wait(Token);
        });
        started.Wait(Token);
        List<string> order = [];
        foreach ((string name, int priority) in new[] { ("a", 0), ("b", -1), ("c", 5), ("d", 0), ("e", 5), ("f", int.MinValue), ("g", int.MaxValue) })
        {
            executor.Submit(() => order.Add(name), new CallOptions { Priority = priority });
        }

        mayEnd.Set();
        executor.Shutdown();

        Assert.Equal("gceadbf", string.Concat(order));
    }

    [Fact(Timeout = 120_000)]
    public void Submit_SeesTheContextOfTheCaller_AndLeavesNoneBehind()
    {
        using ThreadPoolExecutor executor = new(1);
        AsyncLocal<string?> local = new();
        local.Value = "caller";
        Future<string?> seen = executor.Submit<string?>(() =>
        {
            string? value = local.Value;
            local.Value = "call";
            return value;
        });
        Assert.Equal("caller", seen.Result());
        local.Value = null;
        Future<string?> next;
        using (ExecutionContext.SuppressFlow())
        {
            next = executor.Submit(() =>
            {
                string? value = local.Value;
                local.Value = "again";
                return value;
            });
        }

        Assert.Null(next.Result());
        Assert.Null(executor.Submit(() => local.Value).Result());
    }

    [Fact(Timeout = 120_000)]
    public void Timeout_OfACallThatHeedsItsToken_EndsItThere()
    {
        using ThreadPoolExecutor executor = new(1);
        Future future = executor.Submit(
            token =>
            {
                token.WaitHandle.WaitOne();
                token.ThrowIfCancellationRequested();
            },
            new CallOptions { Name = "slow", Timeout = TimeSpan.FromMilliseconds(20), Grace = Timeout.InfiniteTimeSpan });

        CallTimeoutException thrown = Assert.Throws<CallTimeoutException>(() => future.Result());

        Assert.Equal((CallStop.Cooperative, "slow"), (thrown.Stop, thrown.CallName));
    }

    [Fact(Timeout = 120_000)]
    public async Task Timeout_WhenACallbackOnTheTokenThrows_IsReportedAndEndsTheCallAllTheSame()
    {
        TaskCompletionSource<Exception> reported = new();
        EventHandler<FutureCallbackFailedEventArgs> report = (_, failure) =>
        {
            if (failure.Future.Name == "throws in its callback")
            {
                reported.TrySetResult(failure.Exception);
            }
        };
        Future.CallbackFailed += report;
        try
        {
            await using ThreadPoolExecutor executor = new(1);
            Future future = executor.Submit(
                token =>
                {
                    // Not disposed: the handle is set before the callbacks are called, and one that is disposed by then is not called.
                    token.Register(() => throw new FormatException("of the callback"));
                    token.WaitHandle.WaitOne();
                    token.ThrowIfCancellationRequested();
                },
                new CallOptions { Name = "throws in its callback", Timeout = TimeSpan.FromMilliseconds(20) });

            await Assert.ThrowsAsync<CallTimeoutException>(async () => await future);
            Assert.IsType<FormatException>(Assert.IsType<AggregateException>(await reported.Task).InnerException);
        }
        finally
        {
            Future.CallbackFailed -= report;
        }
    }

    [Fact(Timeout = 120_000)]
    public void Timeout_OfACallThatDoesNotStop_GivesItUpAndReplacesItsThread()
    {
        using ManualResetEventSlim mayEnd = new();
        using ThreadPoolExecutor executor = new(new ThreadPoolOptions { MaxWorkers = 1, ThreadNamePrefix = "one" });
        Future<int> deaf = executor.Submit(
            () =>
            {
                mayEnd.Wait(CancellationToken.None);
                return 1;
            },
            new CallOptions { Timeout = TimeSpan.FromMilliseconds(20), Grace = TimeSpan.FromMilliseconds(20) });
        Future<string> next = executor.Submit(() => Thread.CurrentThread.Name ?? "");

        CallTimeoutException thrown = Assert.Throws<CallTimeoutException>(() => { deaf.Result(); });

        Assert.Equal((CallStop.GivenUp, "one_0"), (thrown.Stop, thrown.Worker));
        Assert.Equal("one_1", next.Result());
        executor.Shutdown();
        Assert.Equal(0, executor.Statistics.Threads);
        mayEnd.Set();
        Assert.Throws<CallTimeoutException>(() => { deaf.Result(); });
    }

    [Fact(Timeout = 120_000)]
    public void Timeout_OfACallThatIsQuickEnough_ChangesNothing()
    {
        using ThreadPoolExecutor executor = new(1);
        CallOptions limited = new() { Timeout = TimeSpan.FromMinutes(1) };
        Assert.Equal(1, executor.Submit(() => 1, limited).Result());
        Assert.IsType<FormatException>(executor.Submit(() => throw new FormatException(), limited).Exception());
        using CancellationTokenSource own = new();
        own.Cancel();
        Assert.IsType<OperationCanceledException>(executor.Submit(() => own.Token.ThrowIfCancellationRequested(), limited).Exception());
    }

    [Fact(Timeout = 120_000)]
    public void Shutdown_FromACallOfItsOwn_DoesNotWaitForItself()
    {
        ThreadPoolExecutor executor = new(1);
        Future<int> later = null!;
        Future future = executor.Submit(() =>
        {
            later = executor.Submit(() => 2);
            executor.Shutdown(wait: true);
        });

        future.Result();
        executor.Shutdown();
        Assert.Equal(2, later.Result());
    }

    [Fact(Timeout = 120_000)]
    public async Task Shutdown_ByManyThreadsAtOnce_ReturnsToAllAfterTheLastCall()
    {
        ThreadPoolExecutor executor = new(2);
        using ManualResetEventSlim mayEnd = new();
        Future future = executor.Submit(() => mayEnd.Wait(Token));
        Task[] shutdowns = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => executor.Shutdown(), Token)), executor.ShutdownAsync(cancellationToken: Token)];

        Assert.All(shutdowns, shutdown => Assert.False(shutdown.IsCompleted));
        mayEnd.Set();
        await Task.WhenAll(shutdowns);
        Assert.True(future.IsDone);
    }

    // Seen red: with WakeOne's second look at the queue taken out, and with the fence of Submit's turned into nothing, calls stayed behind.
    [Fact(Timeout = 120_000)]
    public async Task Submit_ByManyThreadsWhileWorkersComeAndGo_LosesNoCall()
    {
        using ThreadPoolExecutor executor = new(new ThreadPoolOptions { MaxWorkers = 3, IdleTimeout = TimeSpan.Zero });
        long sum = 0;
        Task[] submitters = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                for (int i = 0; i < 3_000; i++)
                {
                    Future<int> future = executor.Submit(() => 1);
                    if (i % 3 == 0)
                    {
                        Interlocked.Add(ref sum, await future);
                    }
                    else
                    {
                        future.AddDoneCallback(done => Interlocked.Add(ref sum, ((Future<int>)done).Result()));
                    }
                }
            },
            Token))];
        await Task.WhenAll(submitters);

        await executor.ShutdownAsync(cancellationToken: Token);

        Assert.Equal(12_000, sum);
    }

    [Fact(Timeout = 120_000)]
    public void Submit_WhileItIsShutDown_RunsTheCallOrRefusesIt()
    {
        for (int round = 0; round < 300; round++)
        {
            ThreadPoolExecutor executor = new(2);
            int ran = 0;
            int accepted = 0;
            using Barrier start = new(3);
            Thread[] submitters = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    for (int i = 0; i < 100; i++)
                    {
                        executor.Submit(() => Interlocked.Increment(ref ran));
                        Interlocked.Increment(ref accepted);
                    }
                }
                catch (InvalidOperationException)
                {
                }
            }))];
            Array.ForEach(submitters, thread => thread.Start());
            start.SignalAndWait();
            executor.Shutdown();
            int ranAtReturn = Volatile.Read(ref ran);
            Array.ForEach(submitters, thread => thread.Join());
            Assert.Equal(accepted, ran);
            Assert.Equal(ranAtReturn, ran);
        }
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_OfAPendingCall_KeepsItFromRunning()
    {
        using ThreadPoolExecutor executor = new(1);
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim mayEnd = new();
        Future running = executor.Submit(() =>
        {
            started.Set();
            mayEnd.Wait(Token);
        });
        bool hasRun = false;
        Future pending = executor.Submit(() => { hasRun = true; });
        started.Wait(Token);

        Assert.True(pending.Cancel());
        Assert.False(running.Cancel());
        Assert.True(running.IsRunning);
        mayEnd.Set();
        executor.Shutdown();
        Assert.False(hasRun);
        Assert.False(running.IsCancelled);
    }

    [Fact(Timeout = 120_000)]
    public void AnExecutorThatIsForgotten_EndsItsThreads()
    {
        WeakReference thread = Forget();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return thread.Target is not Thread { IsAlive: true };
            },
            10_000));

        static WeakReference Forget()
        {
            ThreadPoolExecutor executor = new(new ThreadPoolOptions { MaxWorkers = 1, IdleTimeout = Timeout.InfiniteTimeSpan });
            return new WeakReference(executor.Submit(() => Thread.CurrentThread).Result());
        }
    }

    protected override Executor Make() => new ThreadPoolExecutor(2);

    private sealed class Told(Action action) : IFutureWaiter
    {
        public bool RunsUserCode => false;

        public void Notify(Future future) => action();
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
