using Xunit;

namespace Telar.Tests.ContextVars;

using Telar.ContextVars;

/// <summary>What docs/design/contextvars.md says on where values go.</summary>
public class FlowTests
{
    private static readonly ContextVar<string> s_who = new("who", "nobody");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task ASynchronousCallee_SetsForItsCaller()
    {
        Callee();
        Assert.Equal("callee", s_who.Get());
        await Task.Yield();
        Assert.Equal("callee", s_who.Get());

        static void Callee() => s_who.Set("callee");
    }

    [Fact(Timeout = 120_000)]
    public async Task AnAsyncCallee_SetsForItselfOnly_EvenBeforeItsFirstAwait()
    {
        s_who.Set("caller");
        await Callee();
        Assert.Equal("caller", s_who.Get());

        static async Task Callee()
        {
            Assert.Equal("caller", s_who.Get());
            s_who.Set("callee");
            await Task.Yield();
            Assert.Equal("callee", s_who.Get());
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task ACalleeThatReturnsATaskWithoutBeingAsync_SetsForItsCaller()
    {
        await Callee();
        Assert.Equal("callee", s_who.Get());

        static Task Callee()
        {
            s_who.Set("callee");
            return Task.CompletedTask;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task AToken_OfAnAsyncCallee_ChangesNothingInACallerWithTheSameValue()
    {
        s_who.Set("caller");
        Token<string> token = await Callee();
        s_who.Reset(token);
        Assert.Equal("caller", s_who.Get());

        static async Task<Token<string>> Callee()
        {
            await Task.Yield();
            return s_who.Set("callee");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task ATask_StartsWithACopy()
    {
        s_who.Set("caller");
        using SemaphoreSlim go = new(0);
        Task<string> task = Task.Run(
            async () =>
            {
                await go.WaitAsync(Token);
                string before = s_who.Get();
                s_who.Set("task");
                return before;
            },
            Token);
        s_who.Set("caller, later");
        go.Release();

        Assert.Equal("caller", await task);
        Assert.Equal("caller, later", s_who.Get());
    }

    [Fact(Timeout = 120_000)]
    public async Task AContinuation_RunsWithTheValuesOfThePlaceThatAddedIt()
    {
        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        s_who.Set("added here");
        Task<string> continuation = source.Task.ContinueWith(_ => s_who.Get(), Token, TaskContinuationOptions.None, TaskScheduler.Default);
        s_who.Set("completed here");
        source.SetResult();

        Assert.Equal("added here", await continuation);
    }

    [Fact(Timeout = 120_000)]
    public void ABclThread_StartsWithACopy()
    {
        s_who.Set("caller");
        string? seen = null;
        System.Threading.Thread thread = new(() =>
        {
            seen = s_who.Get();
            s_who.Set("thread");
        });
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(5)));

        Assert.Equal("caller", seen);
        Assert.Equal("caller", s_who.Get());
    }

    [Fact(Timeout = 120_000)]
    public async Task ATimer_RunsWithTheValuesOfThePlaceThatMadeIt()
    {
        TaskCompletionSource<string> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        s_who.Set("made here");
        await using System.Threading.Timer timer = new(_ => seen.TrySetResult(s_who.Get()), null, Timeout.Infinite, Timeout.Infinite);
        s_who.Set("started here");
        timer.Change(0, Timeout.Infinite);

        Assert.Equal("made here", await seen.Task.WaitAsync(Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task WhatSuppressesTheFlow_StartsWithoutValues()
    {
        s_who.Set("caller");
        TaskCompletionSource<string> queued = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.UnsafeQueueUserWorkItem(_ => queued.SetResult(s_who.Get()), null);
        Assert.Equal("nobody", await queued.Task.WaitAsync(Token));

        Task<string> task;
        using (ExecutionContext.SuppressFlow())
        {
            Assert.Equal("caller", s_who.Get());
            task = Task.Run(s_who.Get, Token);
        }

        Assert.Equal("nobody", await task);
    }

    [Fact(Timeout = 120_000)]
    public void ExecutionContextRun_IsolatesAsAContextDoes()
    {
        s_who.Set("caller");
        ExecutionContext captured = ExecutionContext.Capture()!;
        s_who.Set("later");

        ExecutionContext.Run(
            captured,
            _ =>
            {
                Assert.Equal("caller", s_who.Get());
                s_who.Set("inside");
            },
            null);

        Assert.Equal("later", s_who.Get());
    }

    [Fact(Timeout = 120_000)]
    public void Parallel_BodiesSeeTheValues_AndTheCallerNotTheirs()
    {
        s_who.Set("caller");
        Parallel.For(0, 100, new ParallelOptions { CancellationToken = Token }, i =>
        {
            using (s_who.Set($"body {i}"))
            {
                Assert.Equal($"body {i}", s_who.Get());
            }
        });

        Assert.Equal("caller", s_who.Get());
    }

    [Fact(Timeout = 120_000)]
    public void AnIterator_SetsForWhoeverEnumerates()
    {
        foreach (int _ in Numbers())
        {
            Assert.Equal("iterator", s_who.Get());
        }

        static IEnumerable<int> Numbers()
        {
            s_who.Set("iterator");
            yield return 1;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task AnAsyncIterator_KeepsItsValueForTheStepItIsIn()
    {
        s_who.Set("caller");
        List<string> seen = [];
        await foreach (string who in Names())
        {
            seen.Add(who);
            Assert.Equal("caller", s_who.Get());
        }

        Assert.Equal(["iterator", "caller"], seen);

        static async IAsyncEnumerable<string> Names()
        {
            s_who.Set("iterator");
            await Task.Yield();
            yield return s_who.Get();
            yield return s_who.Get();
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task FlowsWithoutAValueInCommon_AreDifferentContexts()
    {
        ContextVar<int> fresh = new("fresh");
        Task<Token<int>> task;
        using (ExecutionContext.SuppressFlow())
        {
            task = Task.Run(() => fresh.Set(1), Token);
        }

        Token<int> theirs = await task;
        Assert.Throws<ArgumentException>(() => fresh.Reset(theirs));
        fresh.Set(2);
        Assert.Throws<ArgumentException>(() => fresh.Reset(theirs));
    }
}
