using Xunit;

#pragma warning disable xUnit1051 // the shortest form of each overload is what is tested here

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

/// <summary>What holds for every executor of this process.</summary>
public abstract class ExecutorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Submit_PicksTheOverloadByTheLambda()
    {
        using Executor executor = Make();
        int calls = 0;

        // The type of each variable is the test: it only compiles when the compiler has picked the overload that is meant.
        Future action = executor.Submit(() => { calls++; });
        Future<int> function = executor.Submit(() => 1);
        Future<string?> nullable = executor.Submit(() => (string?)null);
        Future<int> byDefault = executor.Submit(() => default(int));
        Future asyncAction = executor.Submit(async () => { await Task.Yield(); calls++; });
        Future<int> asyncFunction = executor.Submit(async () => { await Task.Yield(); return 2; });
        Future<int> ofTask = executor.Submit(() => Task.FromResult(3));
        Future ofPlainTask = executor.Submit(() => Task.CompletedTask);
        Future throwing = executor.Submit(() => throw new FormatException());
        Future<int> typedThrowing = executor.Submit((Func<int>)(() => throw new FormatException()));
        Future asyncThrowing = executor.Submit(async () => { await Task.Yield(); throw new FormatException(); });
        Future<Future<int>> ofFuture = executor.Submit(() => function);

        Assert.IsAssignableFrom<Future<int>>(function);
        action.Result();
        asyncAction.Result();
        ofPlainTask.Result();
        Assert.Equal((1, null, 0, 2, 3), (function.Result(), nullable.Result(), byDefault.Result(), asyncFunction.Result(), ofTask.Result()));
        Assert.Equal(2, calls);
        Assert.Same(function, ofFuture.Result());
        foreach (Future failed in (Future[])[throwing, typedThrowing, asyncThrowing])
        {
            Assert.IsType<FormatException>(failed.Exception());
        }
    }

    [Fact(Timeout = 120_000)]
    public void Submit_PicksTheOverloadByTheMethodGroup()
    {
        using Executor executor = Make();

        Future action = executor.Submit(Act);
        Future<int> function = executor.Submit(Compute);
        Future asyncAction = executor.Submit(ActAsync);
        Future<int> asyncFunction = executor.Submit(ComputeAsync);
        Future tokenAction = executor.Submit(ActUntil);
        Future<int> tokenFunction = executor.Submit(ComputeUntil);
        Future<int> asyncTokenFunction = executor.Submit(ComputeUntilAsync);
        Future<int> ofArgument = executor.Submit(Length, "four");
        Future<int> asyncOfArgument = executor.Submit(LengthAsync, "seven..");

        action.Result();
        asyncAction.Result();
        tokenAction.Result();
        Assert.Equal(
            (1, 2, 3, 4, 4, 7),
            (function.Result(), asyncFunction.Result(), tokenFunction.Result(), asyncTokenFunction.Result(), ofArgument.Result(), asyncOfArgument.Result()));

        static void Act()
        {
        }

        static int Compute() => 1;
        static Task ActAsync() => Task.CompletedTask;
        static Task<int> ComputeAsync() => Task.FromResult(2);
        static void ActUntil(CancellationToken cancellationToken) => cancellationToken.ThrowIfCancellationRequested();
        static int ComputeUntil(CancellationToken cancellationToken) => 3;
        static Task<int> ComputeUntilAsync(CancellationToken cancellationToken) => Task.FromResult(4);
        static int Length(string text) => text.Length;
        static async Task<int> LengthAsync(string text)
        {
            await Task.Yield();
            return text.Length;
        }
    }

    [Fact(Timeout = 120_000)]
    public void Submit_PicksTheOverloadByTheArguments()
    {
        using Executor executor = Make();
        CallOptions options = new() { Name = "named" };

        Future<int> withToken = executor.Submit(() => 1, Token);
        Future<int> withOptions = executor.Submit(() => 1, options);
        Future<int> withNull = executor.Submit(() => 1, null);
        Future<int> withBoth = executor.Submit(() => 1, options, Token);
        Future<int> withNames = executor.Submit(() => 1, options: options, cancellationToken: Token);
        Future<bool> callToken = executor.Submit(token => token.CanBeCanceled || true);
        Future<bool> callTokenAndToken = executor.Submit(token => token.CanBeCanceled || true, Token);
        Future<bool> callTokenAndOptions = executor.Submit(token => token.CanBeCanceled || true, options);
        Future<bool> unusedAndOptions = executor.Submit(_ => true, options);
        Future<bool> unusedAndToken = executor.Submit(_ => true, Token);
        Future callTokenAction = executor.Submit(token => { token.ThrowIfCancellationRequested(); });
        Future asyncCallToken = executor.Submit(async token => { await Task.Delay(0, token); });
        Future<int> asyncCallTokenFunction = executor.Submit(async token => { await Task.Delay(0, token); return 1; }, options);
        Future<int> argument = executor.Submit(x => x + 1, 41);
        Future<int> argumentAndOptions = executor.Submit(x => x + 1, 41, options);
        Future<int> argumentAndToken = executor.Submit(x => x + 1, 41, Token);
        Future<int> argumentAndBoth = executor.Submit(static x => x + 1, 41, options, Token);
        Future argumentAction = executor.Submit(x => { _ = x + 1; }, 41);
        Future asyncArgumentAction = executor.Submit(async x => { await Task.Delay(x); }, 0);
        Future<int> asyncArgument = executor.Submit(async x => { await Task.Delay(0); return x + 1; }, 41);
        Future<string> tuple = executor.Submit(static pair => pair.Text + pair.Number, (Text: "a", Number: 1));

        foreach (Future named in (Future[])[withOptions, withBoth, withNames, callTokenAndOptions, unusedAndOptions, argumentAndOptions, argumentAndBoth])
        {
            Assert.Equal("named", named.Name);
        }

        foreach (Future<int> one in (Future<int>[])[withToken, withOptions, withNull, withBoth, withNames, asyncCallTokenFunction])
        {
            Assert.Equal(1, one.Result());
        }

        foreach (Future<int> answer in (Future<int>[])[argument, argumentAndOptions, argumentAndToken, argumentAndBoth, asyncArgument])
        {
            Assert.Equal(42, answer.Result());
        }

        foreach (Future<bool> yes in (Future<bool>[])[callToken, callTokenAndToken, callTokenAndOptions, unusedAndOptions, unusedAndToken])
        {
            Assert.True(yes.Result());
        }

        foreach (Future quiet in (Future[])[callTokenAction, asyncCallToken, argumentAction, asyncArgumentAction])
        {
            quiet.Result();
        }

        Assert.Equal("a1", tuple.Result());
    }

    [Fact(Timeout = 120_000)]
    public async Task SubmitAsync_HasTheSameShapes()
    {
        await using Executor executor = Make();
        CallOptions options = new() { Name = "named" };

        Task action = executor.SubmitAsync(() => { });
        Task<int> function = executor.SubmitAsync(() => 1, options);
        Task asyncAction = executor.SubmitAsync(async () => { await Task.Yield(); });
        Task<int> asyncFunction = executor.SubmitAsync(async () => { await Task.Yield(); return 2; }, Token);
        Task tokenAction = executor.SubmitAsync(token => { token.ThrowIfCancellationRequested(); });
        Task<bool> tokenFunction = executor.SubmitAsync(token => token.IsCancellationRequested);
        Task asyncTokenAction = executor.SubmitAsync(async token => { await Task.Delay(0, token); });
        Task<int> asyncTokenFunction = executor.SubmitAsync(async token => { await Task.Delay(0, token); return 3; });
        Task argumentAction = executor.SubmitAsync(x => { _ = x + 1; }, 41);
        Task<int> argument = executor.SubmitAsync(x => x + 1, 41, options, Token);
        Task asyncArgumentAction = executor.SubmitAsync(async x => { await Task.Delay(x); }, 0);
        Task<int> asyncArgument = executor.SubmitAsync(async x => { await Task.Yield(); return x + 1; }, 41);
        Task throwing = executor.SubmitAsync(() => throw new FormatException());

        await Task.WhenAll(action, asyncAction, tokenAction, asyncTokenAction, argumentAction, asyncArgumentAction);
        Assert.Equal((1, 2, 3, 42, 42), (await function, await asyncFunction, await asyncTokenFunction, await argument, await asyncArgument));
        Assert.False(await tokenFunction);
        await Assert.ThrowsAsync<FormatException>(() => throwing);
    }

    [Fact(Timeout = 120_000)]
    public void Submit_OfAnAsyncFunctionThatReturnsNoTask_SaysWhatToReturn()
    {
        using Executor executor = Make();
        Future<int> function = executor.Submit(() => (Task<int>)null!);
        Future action = executor.Submit(() => (Task)null!);

        foreach (Future future in (Future[])[function, action])
        {
            Assert.Contains("Task.FromResult", Assert.IsType<InvalidOperationException>(future.Exception()).Message, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 120_000)]
    public void Submit_OfNothing_IsAnArgumentError()
    {
        using Executor executor = Make();
        Assert.Throws<ArgumentNullException>("action", () => { executor.Submit((Action)null!); });
        Assert.Throws<ArgumentNullException>("function", () => { executor.Submit((Func<int>)null!); });
        Assert.Throws<ArgumentNullException>("function", () => { executor.Map((Func<int, int>)null!, [1]); });
        Assert.Throws<ArgumentNullException>("source", () => { executor.Map(x => x, (IEnumerable<int>)null!); });
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_AfterShutdown_IsRefusedByName()
    {
        Executor executor = Make();
        Future<int> before = executor.Submit(() => 1);
        executor.Shutdown();
        executor.Shutdown(wait: false);
        executor.Dispose();

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => { executor.Submit(() => 1); });

        Assert.Contains($"{executor.GetType().Name} '{executor.Name}' was shut down", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => executor.SubmitAsync(() => 1));
        Assert.Throws<InvalidOperationException>(() => executor.Map(x => x, [1]));
        Assert.Equal(1, before.Result());
    }

    [Fact(Timeout = 120_000)]
    public async Task Dispose_WaitsForTheCalls()
    {
        Future<int> first;
        using (Executor executor = Make())
        {
            first = executor.Submit(() => 1);
        }

        Future<int> second;
        await using (Executor executor = Make())
        {
            second = executor.Submit(() => 2);
        }

        Assert.True(first.IsDone);
        Assert.True(second.IsDone);
    }

    [Fact(Timeout = 120_000)]
    public async Task Submit_WithATokenThatIsCancelledAlready_RunsNothing()
    {
        using Executor executor = Make();
        bool hasRun = false;
        CancellationToken cancelled = new(canceled: true);

        Future<int> future = executor.Submit(() => { hasRun = true; return 1; }, new CallOptions { Name = "late" }, cancelled);
        Task task = executor.SubmitAsync(() => { hasRun = true; }, cancelled);

        Assert.True(future.IsCancelled);
        FutureCancelledException thrown = Assert.Throws<FutureCancelledException>(() => { future.Result(); });
        Assert.Equal((cancelled, "late"), (thrown.CancellationToken, thrown.CallName));
        Assert.Equal(TaskStatus.Canceled, task.Status);
        await Assert.ThrowsAsync<FutureCancelledException>(() => task);
        executor.Dispose();
        Assert.False(hasRun);
    }

    [Fact(Timeout = 120_000)]
    public void AnAsyncFunction_DoesNotComeBackToTheContextOfItsWorker()
    {
        using Executor executor = Make();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new NobodyPumps());
        try
        {
            Assert.Equal(1, executor.Submit(async () => { await Task.Yield(); return 1; }).Result());
            Assert.Equal([2], executor.Map(async x => { await Task.Yield(); return x + 1; }, [1]));
            Assert.IsType<NobodyPumps>(SynchronizationContext.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Map_GivesAllResultsInOrder_InEveryShape()
    {
        await using Executor executor = Make();
        int[] expected = [.. Enumerable.Range(0, 2000).Select(x => x * 2)];
        IEnumerable<int> source = Enumerable.Range(0, 2000);

        Assert.Equal(expected, executor.Map(x => x * 2, source));
        Assert.Equal(expected, executor.Map(x => x * 2, source.ToArray()));
        Assert.Equal(expected, executor.Map(x => x * 2, source.ToList()));
        Assert.Equal(expected, executor.Map(async x => { await Task.Yield(); return x * 2; }, source));
        Assert.Equal(expected, executor.Map((x, y) => x + y, source, Enumerable.Range(0, 3000)));
        Assert.Equal(expected, executor.Map((x, y) => x + y, Enumerable.Range(0, 3000), source));
        Assert.Equal(expected, executor.Map(x => x * 2, source, new MapOptions { ChunkSize = 7 }));
        Assert.Equal(expected, executor.Map(x => x * 2, source, new MapOptions { Window = 1 }, Token));
        Assert.Equal(expected, await ToListAsync(executor.MapAsync(x => x * 2, source)));
        Assert.Equal(expected, await ToListAsync(executor.MapAsync(async x => { await Task.Yield(); return x * 2; }, source)));
        Assert.Equal(expected, await ToListAsync(executor.MapAsync((x, y) => x + y, source, source, cancellationToken: Token)));
        Assert.Equal(expected, await ToListAsync(executor.MapAsync(x => x * 2, Lazily(source))));
        Assert.Equal(expected, await ToListAsync(executor.MapAsync(async x => { await Task.Yield(); return x * 2; }, Lazily(source))));
        Assert.Empty(executor.Map(x => x, Array.Empty<int>()));
        Assert.Empty(executor.Map(x => x, Enumerable.Range(0, 0).Where(x => x > 0)));
        Assert.Empty(await ToListAsync(executor.MapAsync(x => x, Lazily(Array.Empty<int>()))));
    }

    [Fact(Timeout = 120_000)]
    public async Task Map_AsTheyCome_GivesAllResults()
    {
        await using Executor executor = Make();
        MapOptions options = new() { Ordered = false };
        IEnumerable<int> source = Enumerable.Range(0, 2000);
        Assert.Equal(source, executor.Map(x => x, source, options).Order());
        Assert.Equal(source, (await ToListAsync(executor.MapAsync(x => x, source, options))).Order());
        Assert.Equal(source, (await ToListAsync(executor.MapAsync(x => x, Lazily(source), options))).Order());
    }

    protected internal static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        List<T> list = [];
        await foreach (T item in source)
        {
            list.Add(item);
        }

        return list;
    }

    protected internal static async IAsyncEnumerable<T> Lazily<T>(IEnumerable<T> source)
    {
        int count = 0;
        foreach (T item in source)
        {
            if (count++ % 100 == 0)
            {
                await Task.Yield();
            }

            yield return item;
        }
    }

    /// <summary>The executor to test.</summary>
    protected abstract Executor Make();

    // What is posted here is never run: whoever blocks until it ran blocks for ever.
    private sealed class NobodyPumps : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
