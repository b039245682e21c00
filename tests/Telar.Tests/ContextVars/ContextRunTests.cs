using Xunit;

namespace Telar.Tests.ContextVars;

using Telar.ContextVars;

public class ContextRunTests
{
    private static readonly ContextVar<int> s_number = new("number");
    private static readonly AsyncLocal<int> s_local = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Run_KeepsWhatIsSetInTheContext_AndNotInTheCaller()
    {
        s_number.Set(1);
        Context context = Context.CopyCurrent();

        int inside = context.Run(() =>
        {
            Assert.Equal(1, s_number.Get());
            s_number.Set(2);
            return s_number.Get();
        });

        Assert.Equal(2, inside);
        Assert.Equal(1, s_number.Get());
        Assert.Equal(2, context[s_number]);
        Assert.Equal(2, context.Run(() => s_number.Get()));
    }

    [Fact(Timeout = 120_000)]
    public void Run_FromAFlowWithoutValues_LeavesItWithout()
    {
        Context context = new();

        context.Run(() => s_number.Set(2));

        Assert.False(s_number.TryGet(out _));
        Assert.Equal(2, context[s_number]);
    }

    [Fact(Timeout = 120_000)]
    public void Run_ThatThrows_LeavesTheContext_WithWhatWasSet()
    {
        Context context = new();

        Assert.Throws<FormatException>(() => context.Run(() =>
        {
            s_number.Set(2);
            throw new FormatException();
        }));
        Assert.Throws<FormatException>(() => context.Run<int>(() => throw new FormatException()));

        Assert.False(s_number.TryGet(out _));
        Assert.Equal(2, context[s_number]);
        Assert.False(context.IsEntered);
    }

    [Fact(Timeout = 120_000)]
    public void Run_InItself_Throws_AndCallsNothing()
    {
        Context context = new();
        context.Run(() =>
        {
            s_number.Set(1);
            InvalidOperationException entered = Assert.Throws<InvalidOperationException>(() => context.Run(() => Assert.Fail("It ran.")));
            Assert.Contains("is already entered", entered.Message, StringComparison.Ordinal);
            Assert.True(context.IsEntered);
            Assert.Equal("Context with 1 values, entered", context.ToString());
            Assert.Equal(1, s_number.Get());
            new Context().Run(() => Assert.Throws<InvalidOperationException>(() => context.Run(() => Assert.Fail("It ran."))));
        });
        Assert.Equal(1, context.Run(() => s_number.Get()));
    }

    [Fact(Timeout = 120_000)]
    public async Task Run_WhileAnotherThreadIsInIt_Throws()
    {
        Context context = new();
        using SemaphoreSlim isIn = new(0);
        using SemaphoreSlim mayLeave = new(0);
        Task other = Task.Run(
            () => context.Run(() =>
            {
                s_number.Set(5);
                isIn.Release();
                mayLeave.Wait(Token);
            }),
            Token);
        await isIn.WaitAsync(Token);

        Assert.Throws<InvalidOperationException>(() => context.Run(() => 1));
        Assert.Throws<InvalidOperationException>(() => { _ = context.RunAsync(() => Task.CompletedTask, Token); });
        Assert.Equal(5, context[s_number]); // As far as the other thread is.
        mayLeave.Release();
        await other;
        Assert.Equal(5, context.Run(() => s_number.Get()));
    }

    // Seen red: Enter looked and then wrote, and two threads were in (mutant enter-without-exchange).
    [Fact(Timeout = 120_000)]
    public async Task Run_FromTwoThreads_LetsOneIn()
    {
        Context context = new();
        int inside = 0;
        int most = 0;
        using System.Threading.Barrier start = new(2);
        await Task.WhenAll(Task.Run(Enter, Token), Task.Run(Enter, Token));
        Assert.Equal(1, most);

        void Enter()
        {
            for (int round = 0; round < 20_000; round++)
            {
                start.SignalAndWait(Token);
                try
                {
                    context.Run(() =>
                    {
                        int now = Interlocked.Increment(ref inside);
                        if (now > 1)
                        {
                            most = now;
                        }

                        most = Math.Max(most, 1);
                        Interlocked.Decrement(ref inside);
                    });
                }
                catch (InvalidOperationException)
                {
                }
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public void Run_OfOneInAnother_KeepsThemApart()
    {
        Context outer = new();
        Context inner = new();
        outer.Run(() =>
        {
            s_number.Set(1);
            inner.Run(() =>
            {
                Assert.False(s_number.TryGet(out _));
                s_number.Set(2);
                Assert.Equal(1, outer[s_number]);
            });
            Assert.Equal(1, s_number.Get());
        });

        Assert.Equal(1, outer[s_number]);
        Assert.Equal(2, inner[s_number]);
    }

    [Fact(Timeout = 120_000)]
    public void AContext_ShowsWhatIsSetInIt_AtOnce()
    {
        Context context = new();
        context.Run(() =>
        {
            Token<int> token = s_number.Set(1);
            Assert.Equal(1, context[s_number]);
            s_number.Set(2);
            Assert.Equal(2, context.Get(s_number));
            s_number.Reset(token);
            Assert.False(context.ContainsKey(s_number));
            Assert.Empty(context.Copy());
        });
    }

    [Fact(Timeout = 120_000)]
    public void ATokenOfOneRun_IsGoodInTheNext()
    {
        Context context = new();
        Token<int> token = context.Run(() => s_number.Set(1));

        context.Run(() => s_number.Reset(token));

        Assert.Empty(context);
    }

    [Fact(Timeout = 120_000)]
    public void Run_LeavesAsyncLocalsAlone()
    {
        s_local.Value = 1;
        new Context().Run(() =>
        {
            Assert.Equal(1, s_local.Value);
            s_local.Value = 2;
        });

        Assert.Equal(2, s_local.Value);
    }

    [Fact(Timeout = 120_000)]
    public void Run_OnAThreadWithoutAnyFlow_LeavesItWithout()
    {
        Context context = new();
        bool wasSet = true;
        bool isEntered = true;
        System.Threading.Thread thread = new(() =>
        {
            context.Run(() => { });
            context.Run(() => s_number.Set(1));
            wasSet = s_number.TryGet(out _);
            isEntered = context.IsEntered;
        });
        thread.UnsafeStart();

        Assert.True(thread.Join(TimeSpan.FromSeconds(5)));
        Assert.False(wasSet);
        Assert.False(isEntered);
        Assert.Equal(1, context[s_number]);
    }

    [Fact(Timeout = 120_000)]
    public void Run_WhileTheFlowIsSuppressed_Works()
    {
        s_number.Set(1);
        Context context = new();
        using (ExecutionContext.SuppressFlow())
        {
            context.Run(() =>
            {
                Assert.False(s_number.TryGet(out _));
                s_number.Set(2);
            });
            context.Run(() => { });
            Assert.Equal(1, s_number.Get());
        }

        Assert.Equal(2, context[s_number]);
    }

    [Fact(Timeout = 120_000)]
    public void Run_WhenTheFunctionLeavesAnotherExecutionContextBehind_KeepsWhatItHadSet()
    {
        s_number.Set(1);
        ExecutionContext outside = ExecutionContext.Capture()!;
        Context context = new();

        context.Run(() =>
        {
            s_number.Set(2);
            ExecutionContext.Restore(outside);
            Assert.Equal(1, s_number.Get());
        });

        Assert.Equal(2, context[s_number]);
        Assert.False(context.IsEntered);
        Assert.Equal(1, s_number.Get());
    }

    [Fact(Timeout = 120_000)]
    public void Run_KeepsTheValuesOfItsOwnFlow_WhateverAForkSet()
    {
        Context context = new();
        context.Run(() =>
        {
            s_number.Set(1);
            Task.Run(() => s_number.Set(99), Token).Wait(Token);
            Assert.Equal(1, s_number.Get());
            Assert.Equal(1, context[s_number]);
        });

        Assert.Equal(1, context[s_number]);
    }

    [Fact(Timeout = 120_000)]
    public async Task AFork_ThatOutlivesItsRun_ChangesTheContextNoMore()
    {
        Context context = new();
        using SemaphoreSlim go = new(0);
        Task orphan = context.Run(() =>
        {
            s_number.Set(1);
            return Late();
        });

        go.Release();
        await orphan;
        Assert.Equal(1, context[s_number]);

        await context.RunAsync(() => Task.CompletedTask, Token);
        Task second = context.Run(() => Late());
        await context.RunAsync(
            async () =>
            {
                go.Release();
                await second.WaitAsync(Token);
            },
            Token);
        Assert.Equal(1, context[s_number]);

        async Task Late()
        {
            await go.WaitAsync(Token);
            s_number.Set(2);
            Assert.Equal(2, s_number.Get());
        }
    }
}
