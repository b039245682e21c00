using Xunit;

namespace Telar.Tests.ContextVars;

using Telar.ContextVars;

public class ContextRunAsyncTests
{
    private static readonly ContextVar<int> s_number = new("number");
    private static readonly ContextVar<string> s_text = new("text");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_StaysInTheContext_OverAwaits()
    {
        s_number.Set(1);
        Context context = Context.CopyCurrent();
        using SemaphoreSlim go = new(0);

        Task<int> running = context.RunAsync(
            async () =>
            {
                s_number.Set(2);
                await go.WaitAsync(Token);
                Assert.Equal(2, s_number.Get());
                s_number.Set(3);
                await Task.Yield();
                return s_number.Get();
            },
            Token);

        Assert.Equal(1, s_number.Get());
        Assert.Equal(2, context[s_number]);
        Assert.True(context.IsEntered);
        Assert.Throws<InvalidOperationException>(() => context.Run(() => 0));
        go.Release();
        Assert.Equal(3, await running);
        Assert.Equal(1, s_number.Get());
        Assert.Equal(3, context[s_number]);
        Assert.False(context.IsEntered);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_KeepsWhatAnyOfItsFlowsSetLast()
    {
        Context context = new();
        await context.RunAsync(
            async () =>
            {
                s_number.Set(1);
                await Callee();
                Assert.Equal(1, s_number.Get()); // .NET: the callee is another flow.
                Assert.Equal("own", s_text.Get("own"));
            },
            Token);

        Assert.Equal(2, context[s_number]);
        Assert.Equal("callee", context[s_text]);

        static async Task Callee()
        {
            await Task.Yield();
            s_number.Set(2);
            s_text.Set("callee");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_ThatFails_LeavesTheContext()
    {
        Context context = new();
        await Assert.ThrowsAsync<FormatException>(() => context.RunAsync(
            async () =>
            {
                s_number.Set(1);
                await Task.Yield();
                throw new FormatException();
            },
            Token));
        await Assert.ThrowsAsync<FormatException>(() => context.RunAsync(() => throw new FormatException(), Token));
        Assert.Contains(
            "returned null",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => context.RunAsync(() => null!, Token))).Message,
            StringComparison.Ordinal);

        Assert.Equal(1, context[s_number]);
        Assert.False(context.IsEntered);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WithACancelledToken_CallsNothing()
    {
        Context context = new();
        CancellationToken cancelled = new(canceled: true);

        await Assert.ThrowsAsync<TaskCanceledException>(() => context.RunAsync(NotCalled, cancelled));
        await Assert.ThrowsAsync<TaskCanceledException>(() => context.RunAsync(async () => { await NotCalled(); return 1; }, cancelled));
        Assert.False(context.IsEntered);
        Assert.Throws<ArgumentNullException>(() => { _ = context.RunAsync((Func<Task>)null!, Token); });
        Assert.Throws<ArgumentNullException>(() => { _ = context.RunAsync((Func<Task<int>>)null!, Token); });

        static Task NotCalled()
        {
            Assert.Fail("It ran.");
            return Task.CompletedTask;
        }
    }

    // Seen red: Record gave up after its first exchange, and of two flows that changed at once one was not recorded
    // (mutant record-once).
    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WithManyFlows_LosesNoVariable()
    {
        ContextVar<int>[] variables = [.. Enumerable.Range(0, 40).Select(i => new ContextVar<int>($"v{i}"))];
        for (int round = 0; round < 200; round++)
        {
            Context context = new();
            await context.RunAsync(
                () => Task.WhenAll(
                    Task.Run(() => Array.ForEach(variables[..20], variable => variable.Set(1)), Token),
                    Task.Run(() => Array.ForEach(variables[20..], variable => variable.Set(2)), Token)),
                Token);
            Assert.Equal(variables.Length, context.Count);
        }
    }
}
