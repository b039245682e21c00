using Telar.Multiprocessing.Synchronize;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Threading;
using Xunit;

namespace Telar.Tests.Multiprocessing.Synchronize;

using Telar.Multiprocessing;

[Collection(ChildProcessGroup.Name)]
public class ProcessSemaphoreTests
{
    public ProcessSemaphoreTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Semaphores between processes need Linux.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Acquire_AndRelease_CountTheUnits()
    {
        using Semaphore units = new(2);
        Assert.True(units.Acquire(cancellationToken: Token));
        Assert.True(units.TryAcquire());
        Assert.True(units.IsLocked);
        Assert.Equal("Semaphore (0 free)", units.ToString());
        Assert.False(units.TryAcquire());
        Assert.False(await units.AcquireAsync(TimeSpan.FromMilliseconds(2), Token));

        units.Release(3);
        Assert.Equal(3, units.Value);
        units.Release();
        Assert.Equal(4, units.Value);
        Assert.Throws<SemaphoreFullException>(() => units.Release(int.MaxValue));
        Assert.Equal(4, units.Value);
        Assert.Throws<ArgumentOutOfRangeException>(() => units.Release(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Semaphore(-1));
    }

    [Fact(Timeout = 120_000)]
    public async Task Release_OfSeveral_WakesAsMany()
    {
        using Semaphore units = new(0);
        Task[] threads = Gate.OnThreads(2, _ => units.Acquire(cancellationToken: Token));
        Task<bool> awaiting = units.AcquireAsync(cancellationToken: Token).AsTask();
        Gate.Until(() => Here.Word(units, WordLayout.SemaphoreWaiters) == 3);

        units.Release(3);

        await Gate.AllAsync([.. threads, awaiting]);
        Assert.Equal(0, units.Value);
        Assert.Equal(0, Here.Word(units, WordLayout.SemaphoreWaiters));
    }

    [Fact(Timeout = 120_000)]
    public void OpenNamed_SetsTheUnitsOnce()
    {
        string name = $"test {Guid.NewGuid():N}";
        using Semaphore first = Semaphore.OpenNamed(name, 3);
        using Semaphore second = Semaphore.OpenNamed(name, 7);
        using Semaphore third = Semaphore.OpenExisting(name);

        second.Acquire(cancellationToken: Token);

        Assert.Equal((2, 2), (first.Value, third.Value));
    }

    [Fact(Timeout = 120_000)]
    public void Bounded_Release_TooOften_Throws()
    {
        using BoundedSemaphore units = new(2);
        Assert.Throws<SemaphoreFullException>(units.Release);
        units.Acquire(cancellationToken: Token);
        Assert.Equal((1, 2), (units.Value, units.Limit));
        Assert.Equal("BoundedSemaphore (1 of 2 free)", units.ToString());
        units.Release();
        Assert.Throws<SemaphoreFullException>(units.Release);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundedSemaphore(65_537));
    }

    [Fact(Timeout = 120_000)]
    public async Task Bounded_WhenAProcessDies_ItsUnitsComeBack()
    {
        using BoundedSemaphore units = new(3);
        SyncSegment other = Here.Other(units);
        BoundedSemaphore theirs = new(other);
        Assert.True(theirs.TryAcquire() && theirs.TryAcquire() && units.TryAcquire());
        Task<bool> thread = Gate.OnThread(() => units.Acquire(cancellationToken: Token));
        Gate.Until(() => Here.Word(units, WordLayout.UnitsWaiters) == 1);

        other.Crash();

        Assert.True(await Gate.EndAsync(thread));
        Assert.True(await units.AcquireAsync(cancellationToken: Token));
        Assert.False(units.TryAcquire());
        Assert.Equal(2, units.RecoveredCount);
        units.Release();
        units.Release();
        units.Release();
        Assert.Throws<SemaphoreFullException>(units.Release);
    }

    [Fact(Timeout = 120_000)]
    public void Bounded_Release_ByAnotherProcess_IsAllowed()
    {
        using BoundedSemaphore units = new(1);
        SyncSegment other = Here.Other(units);
        units.Acquire(cancellationToken: Token);
        new BoundedSemaphore(other).Release();
        Assert.Equal(1, units.Value);
        other.Crash();
    }

    [Fact(Timeout = 120_000)]
    public void Bounded_OpenNamed_WithAnotherLimit_Throws()
    {
        string name = $"test {Guid.NewGuid():N}";
        using BoundedSemaphore first = BoundedSemaphore.OpenNamed(name, 3);
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => BoundedSemaphore.OpenNamed(name, 2));
        Assert.Contains("it was made with 3", thrown.Message, StringComparison.Ordinal);
        using BoundedSemaphore second = BoundedSemaphore.OpenExisting(name);
        Assert.Equal(3, second.Limit);
    }
}
