using Xunit;

namespace Telar.Tests.Threading;

using Telar.Threading;

public class RLockTests : AcquirableTests
{
    private protected override IAcquirable Create() => new RLock();

    private protected override int WaitingAt(IAcquirable acquirable) => ((RLock)acquirable).Statistics.WaitingCount;

    [Fact(Timeout = 120_000)]
    public void Acquire_ByItsOwner_CountsAndIsFreeAfterAsManyReleases()
    {
        // No await below: this thread owns the lock, and would be another one afterwards.
        RLock held = new();
        Assert.True(held.Acquire(cancellationToken: Token));
        Assert.True(held.TryAcquire());
        using (held.Enter(cancellationToken: Token))
        {
            Assert.True(held.IsHeldByCurrentThread);
        }

        held.Release();
        Assert.False(Gate.End(Gate.OnThread(held.TryAcquire)));
        held.Release();

        Assert.False(held.IsLocked);
        Assert.False(held.IsHeldByCurrentThread);
        Assert.True(Gate.End(Gate.OnThread(held.TryAcquire)));
        Assert.True(held.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public void Release_ByAnotherThread_IsRefusedAndNamesBoth()
    {
        RLock held = new(name: "orders");
        held.Acquire(cancellationToken: Token);

        SynchronizationLockException thrown = Gate.End(
            Gate.OnThread(() => Assert.Throws<SynchronizationLockException>(held.Release)));

        Assert.Contains("RLock 'orders' (held 1 deep by thread", thrown.Message, StringComparison.Ordinal);
        Assert.True(held.IsHeldByCurrentThread);
        held.Release();
        Assert.Throws<SynchronizationLockException>(held.Release);
        Assert.Equal("RLock 'orders' (unlocked)", held.ToString());
    }

    [Fact(Timeout = 120_000)]
    public async Task Acquire_WhenTheOwnersThreadIsDead_DoesNotTakeAThreadOfItsNumberForTheOwner()
    {
        RLock held = new();
        await Gate.AllAsync(Gate.OnThread(() => held.Acquire(cancellationToken: Token)));

        for (int i = 0; i < 20; i++)
        {
            Assert.False(await Gate.EndAsync(Gate.OnThread(held.TryAcquire)));
        }
    }

    [Fact(Timeout = 120_000)]
    public void Statistics_CountOutermostAcquisitions()
    {
        RLock held = new(LockFairness.Fair, "x");
        held.Acquire(cancellationToken: Token);
        held.Acquire(cancellationToken: Token);

        Assert.Equal(1, held.Statistics.Acquisitions);
        Assert.Equal((LockFairness.Fair, "x"), (held.Fairness, held.Name));
    }
}
