using Xunit;

namespace Telar.Tests.Threading;

using Telar.Threading;

public class SemaphoreTests : AsyncAcquirableTests
{
    private protected override IAsyncAcquirable CreateAsync() => new Semaphore();

    private protected override int WaitingAt(IAcquirable acquirable) => ((Semaphore)acquirable).Statistics.WaitingCount;

    [Fact(Timeout = 120_000)]
    public void Constructor_StartsWithOneUnit_AndRefusesANegativeNumber()
    {
        Assert.Equal(1, new Semaphore().Value);
        Assert.Equal(0, new Semaphore(0).Value);
        Assert.Equal("value", Assert.Throws<ArgumentOutOfRangeException>(() => new Semaphore(-1)).ParamName);
        Assert.Equal("Semaphore 'x' (3 free)", new Semaphore(3, "x").ToString());
    }

    [Fact(Timeout = 120_000)]
    public void Acquire_CountsDownToNothing()
    {
        Semaphore semaphore = new(2);
        Assert.True(semaphore.TryAcquire());
        Assert.True(semaphore.Acquire(TimeSpan.Zero, Token));

        Assert.False(semaphore.TryAcquire());
        Assert.True(semaphore.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public async Task Release_OfSeveral_WakesAsManyInTheirOrder()
    {
        Semaphore semaphore = new(0);
        Task<bool>[] waiters = [.. Enumerable.Range(0, 4).Select(_ => semaphore.AcquireAsync(cancellationToken: Token).AsTask())];

        semaphore.Release(3);

        await Gate.AllAsync(waiters[0], waiters[1], waiters[2]);
        Assert.False(waiters[3].IsCompleted);
        Assert.Equal(0, semaphore.Value);
        semaphore.Release(2);
        await Gate.EndAsync(waiters[3]);
        Assert.Equal(1, semaphore.Value);
        Assert.Equal((4, 0), (semaphore.Statistics.Waits, semaphore.Statistics.WaitingCount));
    }

    [Fact(Timeout = 120_000)]
    public void Release_OfFewerThanOne_IsRefused()
    {
        Semaphore semaphore = new(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Release(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Release(-1));
        Assert.Equal(0, semaphore.Value);
    }

    [Fact(Timeout = 120_000)]
    public void Release_BeyondWhatCanBeCounted_IsRefused()
    {
        Semaphore semaphore = new(int.MaxValue - 1);
        semaphore.Release();
        Assert.Throws<SemaphoreFullException>(semaphore.Release);
        Assert.Equal(int.MaxValue, semaphore.Value);
    }

    // Red when TryQueue does not look for a unit once more: no later release makes up for the lost one here.
    [Fact(Timeout = 120_000)]
    public async Task AcquireAndRelease_AtTheSameMoment_LoseNoUnit()
    {
        Semaphore semaphore = new(0);

        await Gate.RaceAsync(
            40_000,
            () => Assert.True(semaphore.Acquire(TimeSpan.FromSeconds(5), Token), "The unit was lost."),
            semaphore.Release);

        Assert.Equal(0, semaphore.Value);
    }

    [Fact(Timeout = 120_000)]
    public async Task AcquireAndRelease_ByProducersAndConsumers_LosesNoUnit()
    {
        Semaphore semaphore = new(0);
        const int Units = 20_000;

        await Gate.AllAsync(
        [
            .. Gate.OnThreads(2, _ => Repeat(() => semaphore.Release())),
            .. Gate.OnThreads(2, _ => Repeat(() => semaphore.Acquire(cancellationToken: Token))),
        ]);

        Assert.Equal(0, semaphore.Value);

        static void Repeat(Action action)
        {
            for (int i = 0; i < Units; i++)
            {
                action();
            }
        }
    }
}
