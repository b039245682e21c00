namespace Telar.Tests.Threading;

using Telar.ContextVars;
using Telar.Threading;

[Collection(nameof(ThreadSettings))]
public sealed class ThreadContextTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly ContextVar<int> _variable = new("variable", 0);
    private readonly AsyncLocal<int> _local = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Thread.InheritContextByDefault = true;
        Thread.ReuseByDefault = false;
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public void Start_ByDefault_CopiesTheContextOfTheCallerOfStart(bool reuse)
    {
        (int, int) seen = default;
        Thread thread = new(
            () =>
            {
                seen = (_variable.Get(), _local.Value);
                _variable.Set(30);
                _local.Value = 30;
            },
            reuse: reuse);
        _variable.Set(10);
        _local.Value = 20;

        thread.Start();
        thread.Join(s_patience, Token);

        Assert.Equal((10, 20), seen);
        Assert.Equal((10, 20), (_variable.Get(), _local.Value));
    }

    // Mutant: without the copy in Start, what the thread sets is recorded in the context that its starter runs in.
    [Fact(Timeout = 120_000)]
    public async Task Start_InsideAContext_LeavesThatContextAlone()
    {
        Context context = new();
        int seen = 0;
        await context.RunAsync(
            async () =>
            {
                _variable.Set(10);
                Thread thread = new(() =>
                {
                    seen = _variable.Get();
                    _variable.Set(30);
                });
                thread.Start();
                await thread;
            },
            Token);

        Assert.Equal(10, seen);
        Assert.Equal(10, context[_variable]);
    }

    [Fact(Timeout = 120_000)]
    public void Start_WithoutInheritance_BeginsEmpty()
    {
        Thread.InheritContextByDefault = false;
        (int, int)? seen = null;
        _variable.Set(10);
        _local.Value = 20;
        Thread thread = new(() => seen = (_variable.Get(), _local.Value));

        thread.Start();
        thread.Join(s_patience, Token);

        Assert.Equal((0, 0), seen);
    }

    [Fact(Timeout = 120_000)]
    public void Start_WithAContext_RunsInIt()
    {
        Context context = new();
        context.Run(() => _variable.Set(10));
        int seen = 0;
        Thread thread = new(
            () =>
            {
                seen = _variable.Get();
                _variable.Set(30);
            },
            context: context);
        thread.Start();
        thread.Join(s_patience, Token);

        Assert.Equal(10, seen);
        Assert.Equal(30, context[_variable]);
        Assert.False(context.IsEntered);
        Assert.Equal(0, _variable.Get());
    }

    [Fact(Timeout = 120_000)]
    public void Start_WithAContextThatIsEntered_EndsTheThreadWithTheReason()
    {
        Context context = new();
        ExceptHookArgs? reported = null;
        Thread.ExceptHook = args => reported = args;
        try
        {
            Thread thread = new(static () => { }, context: context);
            context.Run(() =>
            {
                thread.Start();
                thread.Join(s_patience, Token);
            });

            Assert.IsType<InvalidOperationException>(thread.Exception);
            Assert.Same(thread.Exception, reported?.Exception);
        }
        finally
        {
            Thread.ExceptHook = null;
        }
    }

    [Fact(Timeout = 120_000)]
    public void Reuse_CarriesNothingOverThatTelarKnows()
    {
        Thread.ReuseByDefault = true;
        Local<string> local = new();
        LocalObject bag = new();
        int size = 999 << 10; // of its own, so that no other test's thread is taken
        int first = 0;
        object?[] left = [];
        Run(new Thread(
            () =>
            {
                first = Thread.CurrentIdent;
                local.Value = "first";
                bag["x"] = 1;
                _local.Value = 1;
                _variable.Set(1);
                System.Threading.Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
                SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            },
            "first",
            stackSize: size));
        int second = 0;
        Run(new Thread(
            () =>
            {
                second = Thread.CurrentIdent;
                left =
                [
                    local.HasValue, bag.TryGet("x", out _), _local.Value, _variable.Get(), SynchronizationContext.Current,
                    System.Threading.Thread.CurrentThread.Priority, System.Threading.Thread.CurrentThread.Name, Thread.Current.Name,
                ];
            },
            "second",
            stackSize: size));

        Assert.Equal(first, second);
        Assert.Equal([false, false, 0, 0, null, ThreadPriority.Normal, "second", "second"], left);
    }

    // This is what Thread.ReuseByDefault warns of, and why it is off.
    [Fact(Timeout = 120_000)]
    public void Reuse_KeepsThreadStatics_AndOnlyWhereItIsAllowed()
    {
        int size = 998 << 10;
        List<(int Ident, int Static)> seen = [];
        foreach (bool reuse in new[] { true, true, false })
        {
            Run(new Thread(() => seen.Add((Thread.CurrentIdent, ++t_static)), stackSize: size, reuse: reuse));
        }

        Assert.Equal([1, 2, 1], seen.Select(static one => one.Static));
        Assert.Equal(seen[0].Ident, seen[1].Ident);
        Assert.NotEqual(seen[0].Ident, seen[2].Ident);
    }

    [Fact(Timeout = 120_000)]
    public void Reuse_TakesNoThreadWithAnotherStackSize()
    {
        List<int> idents = [];
        Run(new Thread(() => idents.Add(Thread.CurrentIdent), stackSize: 997 << 10, reuse: true));
        Run(new Thread(() => idents.Add(Thread.CurrentIdent), stackSize: 996 << 10, reuse: true));

        Assert.NotEqual(idents[0], idents[1]);
    }

    [Fact(Timeout = 120_000)]
    public void Reuse_ADummyOfALowLevelThread_GoesWithTheBody()
    {
        Thread.ReuseByDefault = true;
        Thread.StackSize = 995 << 10;
        try
        {
            Thread? dummy = null;
            Assert.True(LowLevel.StartJoinableThread(() => dummy = Thread.Current).Join(s_patience, Token));

            Assert.False(dummy!.IsAlive);
            Assert.DoesNotContain(dummy, Thread.Enumerate());
            Thread? second = null;
            Assert.True(LowLevel.StartJoinableThread(() => second = Thread.Current).Join(s_patience, Token));
            Assert.NotSame(dummy, second);
        }
        finally
        {
            Thread.StackSize = 0;
        }
    }

    // Mutant: a Rename that does not ask whether the thread still carries that body renames the next one.
    [Fact(Timeout = 120_000)]
    public void Reuse_ANameForAnEndedThread_DoesNotReachTheNext()
    {
        int size = 994 << 10;
        Thread first = new(static () => { }, "first", stackSize: size, reuse: true);
        Run(first);
        using ManualResetEventSlim started = new();
        using ManualResetEventSlim gate = new();
        string? name = null;
        Thread second = new(
            () =>
            {
                started.Set();
                gate.Wait(Token);
                name = System.Threading.Thread.CurrentThread.Name;
            },
            "second",
            stackSize: size,
            reuse: true);
        second.Start();
        started.Wait(Token);

        first.Name = "wrong";
        gate.Set();
        second.Join(s_patience, Token);

        Assert.Equal(first.Ident, second.Ident);
        Assert.Equal("second", name);
    }

    [ThreadStatic]
    private static int t_static;

    private static void Run(Thread thread)
    {
        thread.Start();
        Assert.True(thread.Join(s_patience, Token));
        Assert.Null(thread.Exception);
    }
}
