using Telar.Multiprocessing.Synchronize;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Threading;
using Xunit;

namespace Telar.Tests.Multiprocessing.Synchronize;

using Telar.Multiprocessing;

[Collection(ChildProcessGroup.Name)]
public class ProcessRLockTests
{
    public ProcessRLockTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Locks between processes need Linux.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Acquire_ByItsThread_GoesDeeper()
    {
        using RLock mine = new();
        Assert.True(mine.Acquire(cancellationToken: Token));
        Assert.True(mine.TryAcquire());
        Assert.True(mine.Acquire(TimeSpan.Zero, Token));
        Assert.True(mine.IsHeldByCurrentThread);
        Assert.Equal(3, mine.RecursionCount);

        mine.Release();
        mine.Release();
        Assert.True(mine.IsLocked);
        mine.Release();
        Assert.False(mine.IsLocked);
        Assert.False(mine.IsHeldByCurrentThread);
        Assert.Throws<SynchronizationLockException>(mine.Release);
    }

    [Fact(Timeout = 120_000)]
    public void Acquire_ByAnotherThread_Waits()
    {
        using RLock mine = new();
        mine.Acquire(cancellationToken: Token);

        Assert.False(Gate.End(Gate.OnThread(() => mine.TryAcquire())));
        SynchronizationLockException thrown = Assert.Throws<SynchronizationLockException>(() => Gate.End(Gate.OnThread(() =>
        {
            mine.Release();
            return 0;
        })));
        Assert.Contains("only the thread that acquired it may release it", thrown.Message, StringComparison.Ordinal);

        Task<bool> waiter = Gate.OnThread(() =>
        {
            mine.Acquire(cancellationToken: Token);
            mine.Release();
            return true;
        });
        Gate.Until(() => Here.HasSleepers(mine));
        mine.Release();
        Assert.True(Gate.End(waiter));
    }

    [Fact(Timeout = 120_000)]
    public void Acquire_WhenTheHolderHasDied_BeginsAtOne()
    {
        using RLock mine = new();
        SyncSegment other = Here.Other(mine);
        RLock theirs = new(other);
        theirs.Acquire(cancellationToken: Token);
        theirs.Acquire(cancellationToken: Token);
        Assert.False(mine.TryAcquire());

        other.Crash();

        Assert.True(mine.Acquire(cancellationToken: Token));
        Assert.True(mine.IsAbandoned);
        Assert.Equal(1, mine.RecursionCount);
        mine.Release();
        Assert.False(mine.IsLocked);
    }
}
