using System.Runtime.CompilerServices;
using Telar.Internal.Processes;

namespace Telar.Tests.Internal.Processes;

/// <summary>A child is watched only from the moment that somebody asks for its end.</summary>
[Collection(ChildProcessGroup.Name)]
public sealed class LazyWatchTests : IDisposable
{
    private const int Limit = 30_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Assert.Empty(Children.Mine());

    // A thread that waits and one that asks for the watcher meet at the end of the child. Guards the lock under which the
    // child is added: outside of it the watcher would keep one that is reaped, whose pidfd may be closed.
    [Fact(Timeout = Limit)]
    public async Task Exited_AskedForWhileAThreadWaits_CompletesAndLeavesNothing()
    {
        await StartAndWaitAsync(0);
        DescriptorCount before = DescriptorCount.Take();
        for (int i = 0; i < 200; i++)
        {
            await StartAndWaitAsync(i);
        }

        before.AssertNoMore();

        static async Task StartAndWaitAsync(int i)
        {
            using var child = LinuxChildProcess.StartNew(new ChildStartInfo { FileName = "/bin/true", SpawnOnCallingThread = true });
            Task<bool> waiter = Task.Run(() => child.Wait(Timeout.InfiniteTimeSpan, CancellationToken.None), Token);
            if (i % 3 == 0)
            {
                child.Dispose();
            }

            if (i % 2 == 0)
            {
                await Task.Yield();
            }

            ExitStatus status = await child.Exited.WaitAsync(Token);
            Assert.True(await waiter.WaitAsync(Token));
            Assert.Equal(0, status.Code);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_AfterAnEndThatNobodySaw_ReapsTheChild()
    {
        ChildProcess child = LinuxChildProcess.StartNew(new ChildStartInfo { FileName = "/bin/true" });
        while (!Children.IsDead(child.Id))
        {
            await Task.Yield();
        }

        child.Dispose();

        Assert.False(ProcStat.TryRead(child.Id, out _));
        Assert.Equal(0, child.Status?.Code);
        Assert.True(child.Exited.IsCompleted);
    }

    // Guards the finalizer: without it the child stays a zombie.
    [Fact(Timeout = Limit)]
    public async Task Drop_WithoutADispose_ReapsTheChildAtItsEnd()
    {
        int running = StartAndForget("/bin/sleep", "1000");
        int ended = StartAndForget("/bin/true");
        while (!Children.IsDead(ended))
        {
            await Task.Yield();
        }

        while (ProcStat.TryRead(ended, out _))
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(1, Token);
        }

        Assert.Equal(0, Interop.Libc.kill(running, SignalNumber.SIGKILL));
        while (ProcStat.TryRead(running, out _))
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(1, Token);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static int StartAndForget(string program, params string[] arguments) =>
            LinuxChildProcess.StartNew(new ChildStartInfo { FileName = program, Arguments = arguments }).Id;
    }
}
