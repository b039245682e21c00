namespace Telar.Tests.Threading;

using Telar.Threading;

[Collection(nameof(ThreadSettings))]
public sealed class ThreadHookTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly TextWriter _error = Console.Error;
    private readonly StringWriter _written = new();

    public ThreadHookTests() => Console.SetError(TextWriter.Synchronized(_written));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Thread.ExceptHook = null;
        Console.SetError(_error);
        _written.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public void ExceptHook_GetsTheExceptionWithTheThread_WhileItIsAlive()
    {
        List<(ExceptHookArgs Args, bool Alive, Thread Current)> calls = [];
        Thread.ExceptHook = args => calls.Add((args, args.Thread!.IsAlive, Thread.Current));
        FormatException thrown = new("bad");
        Thread thread = new(() => throw thrown);

        thread.Start();
        Assert.True(thread.Join(s_patience, Token));

        (ExceptHookArgs args, bool alive, Thread current) = Assert.Single(calls);
        Assert.Same(thrown, args.Exception);
        Assert.Equal(typeof(FormatException), args.ExceptionType);
        Assert.Same(thread, args.Thread);
        Assert.Contains(nameof(ExceptHook_GetsTheExceptionWithTheThread_WhileItIsAlive), args.StackTrace, StringComparison.Ordinal);
        Assert.True(alive);
        Assert.Same(thread, current);
        Assert.Same(thrown, thread.Exception);
        Assert.Equal("", _written.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void DefaultExceptHook_WritesThreadAndExceptionToStandardError()
    {
        Thread thread = new(static () => throw new FormatException("bad"), "failing");
        thread.Start();
        thread.Join(s_patience, Token);

        Assert.Equal(Thread.DefaultExceptHook, Thread.ExceptHook);
        Assert.Contains("Exception in Thread 'failing' started", _written.ToString(), StringComparison.Ordinal);
        Assert.Contains("System.FormatException: bad", _written.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(DefaultExceptHook_WritesThreadAndExceptionToStandardError), _written.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void ExceptHook_ThatThrows_IsReportedWithTheFirstException()
    {
        Thread.ExceptHook = static _ => throw new InvalidCastException("hook");
        Thread thread = new(static () => throw new FormatException("bad"));
        thread.Start();

        Assert.True(thread.Join(s_patience, Token));
        Assert.Contains("System.InvalidCastException: hook", _written.ToString(), StringComparison.Ordinal);
        Assert.Contains("System.FormatException: bad", _written.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void ExceptHook_SetToNull_IsTheDefault()
    {
        Thread.ExceptHook = static _ => { };
        Thread.ExceptHook = null;

        Assert.Equal(Thread.DefaultExceptHook, Thread.ExceptHook);
    }

    [Fact(Timeout = 120_000)]
    public void Exit_EndsTheThreadSilently()
    {
        int hooks = 0;
        bool after = false;
        Thread.ExceptHook = _ => hooks++;
        Thread thread = new(() =>
        {
            LowLevel.Exit();
            after = true;
        });
        thread.Start();

        Assert.True(thread.Join(s_patience, Token));
        Assert.Equal((0, false), (hooks, after));
        Assert.Null(thread.Exception);
    }

    [Fact(Timeout = 120_000)]
    public void Cancellation_ThatNobodyAskedFor_IsAnException()
    {
        int hooks = 0;
        Thread.ExceptHook = _ => hooks++;
        Thread thread = new(static () => throw new OperationCanceledException());
        thread.Start();
        thread.Join(s_patience, Token);

        Assert.Equal(1, hooks);
        Assert.IsType<OperationCanceledException>(thread.Exception);
    }

    [Fact(Timeout = 120_000)]
    public void StartNewThread_Exception_GoesToStandardErrorAndNotToTheHook()
    {
        int hooks = 0;
        Thread.ExceptHook = _ => hooks++;
        Telar.Threading.Threads.ThreadHandle failing = LowLevel.StartJoinableThread(static () => throw new FormatException("low"));
        Telar.Threading.Threads.ThreadHandle exiting = LowLevel.StartJoinableThread(LowLevel.Exit);
        Assert.True(failing.Join(s_patience, Token));
        Assert.True(exiting.Join(s_patience, Token));

        Assert.Equal(0, hooks);
        Assert.Contains("System.FormatException: low", _written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(ThreadExitException), _written.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void StackSize_OfTheProcess_HasAMinimum()
    {
        Assert.Equal(0, Thread.StackSize);
        try
        {
            Thread.StackSize = 32768;
            Assert.Equal(32768, Thread.StackSize);
            Assert.Throws<ArgumentOutOfRangeException>(static () => Thread.StackSize = 32767);
            Assert.Throws<ArgumentOutOfRangeException>(static () => Thread.StackSize = -4096);
            Assert.Equal(32768, Thread.StackSize);
            Thread.StackSize = 1 << 20;
            Thread thread = new(static () => { });
            thread.Start();
            Assert.True(thread.Join(s_patience, Token));
            Assert.Null(thread.Exception);
        }
        finally
        {
            Thread.StackSize = 0;
        }
    }
}
