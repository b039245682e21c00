using System.Runtime.InteropServices;

namespace Telar.Tests.Threading;

using Telar.Threading;
using Telar.Threading.Threads;

public class LowLevelTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void StartNewThread_RunsTheFunctionOnADaemonThatIsNoThreadObject()
    {
        using ManualResetEventSlim done = new();
        int inside = 0;
        bool? isListed = null;
        bool? isBackground = null;
        int ident = LowLevel.StartNewThread(() =>
        {
            inside = Thread.CurrentIdent;
            isListed = Thread.Enumerate().Any(thread => thread.Ident == Thread.CurrentIdent);
            isBackground = System.Threading.Thread.CurrentThread.IsBackground;
            done.Set();
        });

        Assert.True(done.Wait(s_patience, Token));
        Assert.Equal(ident, inside);
        Assert.False(isListed);
        Assert.True(isBackground);
        Assert.Throws<ArgumentNullException>(static () => LowLevel.StartNewThread(null!));
    }

    [Fact(Timeout = 120_000)]
    public void Count_CountsBothKinds()
    {
        using ManualResetEventSlim gate = new();
        ThreadHandle handle = LowLevel.StartJoinableThread(() => gate.Wait(Token));
        Thread thread = new(() => gate.Wait(Token));
        thread.Start();

        Assert.True(LowLevel.Count >= 2);
        gate.Set();
        thread.Join(s_patience, Token);
        handle.Join(s_patience, Token);
        Assert.True(LowLevel.DaemonThreadsAllowed);
    }

    [Fact(Timeout = 120_000)]
    public async Task StartJoinableThread_Handle_TellsItsEnd()
    {
        using ManualResetEventSlim gate = new();
        ThreadHandle handle = new();
        Assert.Equal(0, handle.Ident);
        Assert.Same(handle, LowLevel.StartJoinableThread(() => gate.Wait(Token), handle));

        Assert.NotEqual(0, handle.Ident);
        Assert.False(handle.IsDone);
        Assert.False(handle.Join(TimeSpan.Zero, Token));
        gate.Set();
        Assert.True(await handle.JoinAsync(s_patience, Token));
        Assert.True(handle.IsDone);
        Assert.Throws<InvalidOperationException>(() => LowLevel.StartJoinableThread(static () => { }, handle));
    }

    [Fact(Timeout = 120_000)]
    public async Task Join_OfAHandleThatWasNotStarted_IsRefused()
    {
        ThreadHandle handle = new();

        Assert.Throws<InvalidOperationException>(() => handle.Join(TimeSpan.Zero, Token));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await handle.JoinAsync(s_patience, Token));
        Assert.Throws<InvalidOperationException>(handle.SetDone);
        Assert.False(handle.IsDone);
    }

    [Fact(Timeout = 120_000)]
    public void Join_ByTheThreadItself_IsRefused()
    {
        ThreadHandle handle = new();
        Exception? refused = null;
        LowLevel.StartJoinableThread(() => refused = Record.Exception(() => handle.Join(null, Token)), handle);

        Assert.True(handle.Join(s_patience, Token));
        Assert.Contains("cannot join itself", Assert.IsType<InvalidOperationException>(refused).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void Exit_Throws() => Assert.Throws<ThreadExitException>(LowLevel.Exit);

    [Fact(Timeout = 120_000)]
    public void InterruptMain_RunsTheHandlersOfTheSignal()
    {
        const PosixSignal UserSignal = (PosixSignal)10;
        using ManualResetEventSlim handled = new();
        using PosixSignalRegistration registration = PosixSignalRegistration.Create(UserSignal, _ => handled.Set());

        LowLevel.InterruptMain(UserSignal);

        Assert.True(handled.Wait(s_patience, Token));
    }

    [Fact(Timeout = 120_000)]
    public void InterruptMain_WithASignalThatNobodyHandles_DoesNothing()
    {
        LowLevel.InterruptMain(PosixSignal.SIGHUP);
        LowLevel.InterruptMain((PosixSignal)12); // SIGUSR2, which ends a program that does not handle it
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(65)]
    [InlineData(-11)]
    public void InterruptMain_WithANumberThatIsNoSignal_IsRefused(int signal) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LowLevel.InterruptMain((PosixSignal)signal));

    [Fact(Timeout = 120_000)]
    public void InterruptMain_WithASignalThatCannotBeHandled_IsRefused() =>
        Assert.ThrowsAny<IOException>(static () => LowLevel.InterruptMain((PosixSignal)9));
}
