using Xunit;

namespace Telar.Tests.Threading;

using Telar.Threading;

public class BoundedSemaphoreTests : AsyncAcquirableTests
{
    private protected override IAsyncAcquirable CreateAsync() => new BoundedSemaphore();

    private protected override int WaitingAt(IAcquirable acquirable) => ((BoundedSemaphore)acquirable).Statistics.WaitingCount;

    [Fact(Timeout = 120_000)]
    public void Release_OnceTooOften_IsRefusedAndChangesNothing()
    {
        BoundedSemaphore semaphore = new(3, "connections");
        Assert.Throws<SemaphoreFullException>(semaphore.Release);
        semaphore.Acquire(cancellationToken: Token);

        SemaphoreFullException thrown = Assert.Throws<SemaphoreFullException>(() => semaphore.Release(2));

        Assert.StartsWith("Release(2) of BoundedSemaphore 'connections' (2 free)", thrown.Message, StringComparison.Ordinal);
        Assert.Equal((2, 3), (semaphore.Value, semaphore.InitialValue));
        semaphore.Release();
        Assert.Equal(3, semaphore.Value);
    }

    [Fact(Timeout = 120_000)]
    public void Constructor_RefusesANegativeNumber_AndTakesZero()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundedSemaphore(-1));
        Assert.Throws<SemaphoreFullException>(() => new BoundedSemaphore(0).Release());
    }

    [Fact(Timeout = 120_000)]
    public async Task Enter_LimitsHowManyAreInside()
    {
        BoundedSemaphore connections = new(3);
        int inside = 0;
        int most = 0;

        await Gate.AllAsync(Gate.OnThreads(8, _ =>
        {
            for (int i = 0; i < 200; i++)
            {
                using (connections.Enter(cancellationToken: Token))
                {
                    int now = Interlocked.Increment(ref inside);
                    InterlockedMax(ref most, now);
                    System.Threading.Thread.Yield();
                    Interlocked.Decrement(ref inside);
                }
            }
        }));

        Assert.InRange(most, 1, 3);
        Assert.Equal(3, connections.Value);

        static void InterlockedMax(ref int target, int value)
        {
            int seen = Volatile.Read(ref target);
            while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is var before && before != seen)
            {
                seen = before;
            }
        }
    }
}
