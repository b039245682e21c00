using Xunit;

namespace Telar.Tests.Threading;

using Telar.Threading;

public class LockTests : AsyncAcquirableTests
{
    private protected override IAsyncAcquirable CreateAsync() => new Lock();

    private protected override int WaitingAt(IAcquirable acquirable) => ((Lock)acquirable).Statistics.WaitingCount;

    [Fact(Timeout = 120_000)]
    public async Task Release_ByAnotherThread_IsAllowed()
    {
        Lock held = new();
        held.Acquire(cancellationToken: Token);

        await Gate.AllAsync(Gate.OnThread(held.Release));

        Assert.False(held.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public void Release_WhenNobodyHoldsIt_IsRefused()
    {
        Lock free = new(name: "orders");

        SynchronizationLockException thrown = Assert.Throws<SynchronizationLockException>(free.Release);

        Assert.StartsWith("Release of Lock 'orders' (unlocked): nobody holds it", thrown.Message, StringComparison.Ordinal);
        Assert.True(free.TryAcquire());
    }

    [Fact(Timeout = 120_000)]
    public void Acquire_ByItsHolder_IsNotReentrant()
    {
        Lock held = new();
        held.Acquire(cancellationToken: Token);

        Assert.False(held.TryAcquire());
        Assert.False(held.Acquire(TimeSpan.FromMilliseconds(1), Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Acquire_OfAFairLock_IsServedInTurn()
    {
        Lock fair = new(LockFairness.Fair);
        List<int> order = [];
        fair.Acquire(cancellationToken: Token);
        List<Task> waiters = [];
        for (int i = 0; i < 5; i++)
        {
            int number = i;
            waiters.Add(number % 2 == 0
                ? Gate.OnThread(() => Take(number, fair.Acquire(cancellationToken: Token)))
                : TakeAsync(number));
            Gate.Until(() => fair.Statistics.WaitingCount == number + 1);
        }

        fair.Release();
        await Gate.AllAsync([.. waiters]);

        Assert.Equal([0, 1, 2, 3, 4], order);
        Assert.Equal(LockFairness.Fair, fair.Fairness);

        async Task TakeAsync(int number) => Take(number, await fair.AcquireAsync(cancellationToken: Token).ConfigureAwait(false));

        void Take(int number, bool taken)
        {
            Assert.True(taken);
            order.Add(number);
            fair.Release();
        }
    }

    // Red when FlagOf does not ask for a hand-over in a fair lock.
    [Fact(Timeout = 120_000)]
    public async Task Release_OfAFairLock_NeverLetsTheReleaserOvertake()
    {
        Lock fair = new(LockFairness.Fair);
        for (int i = 0; i < 100; i++)
        {
            fair.Acquire(cancellationToken: Token);
            Event look = new();
            Task waiter = Gate.OnThread(() =>
            {
                fair.Acquire(cancellationToken: Token);
                look.Wait(cancellationToken: Token);
                fair.Release();
            });
            Gate.Until(() => fair.Statistics.WaitingCount == 1);

            fair.Release();
            bool overtaken = fair.TryAcquire();
            look.Set();

            Assert.False(overtaken);
            await Gate.AllAsync(waiter);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Release_OfAFastLock_GivesItToAWaiterWhoLostLongEnough()
    {
        Lock fast = new();
        Assert.Equal(LockFairness.Fast, fast.Fairness);
        fast.Acquire(cancellationToken: Token);
        bool isDone = false;
        Task waiter = Gate.OnThread(() =>
        {
            fast.Acquire(cancellationToken: Token);
            Volatile.Write(ref isDone, true);
            fast.Release();
        });
        Gate.Until(() => fast.Statistics.WaitingCount == 1);

        // The lock is held but for moments: only a hand-over lets the waiter in for certain.
        Gate.Until(() =>
        {
            fast.Release();
            fast.Acquire(cancellationToken: Token);
            Gate.Until(() => Volatile.Read(ref isDone) || fast.Statistics.WaitingCount == 1);
            return Volatile.Read(ref isDone);
        });

        fast.Release();
        await Gate.AllAsync(waiter);
    }

    [Fact(Timeout = 120_000)]
    public async Task Statistics_CountAcquisitionsAndWaits()
    {
        Lock counted = new();
        Assert.True(counted.TryAcquire());
        Task<bool> waiter = counted.AcquireAsync(cancellationToken: Token).AsTask();
        Assert.False(await counted.AcquireAsync(TimeSpan.FromMilliseconds(1), Token));
        Assert.Equal(1, counted.Statistics.WaitingCount);

        counted.Release();
        await Gate.EndAsync(waiter);

        LockStatistics statistics = counted.Statistics;
        Assert.Equal((2, 2, 0), (statistics.Acquisitions, statistics.Contentions, statistics.WaitingCount));
        Assert.True(statistics.LongestWait > TimeSpan.Zero);
        Assert.True(statistics.TotalWait >= statistics.LongestWait);
    }

    [Fact(Timeout = 120_000)]
    public void ToString_ShowsNameAndState()
    {
        Lock held = new(name: "orders");
        Assert.Equal("Lock 'orders' (unlocked)", held.ToString());
        held.Acquire(cancellationToken: Token);
        Task<bool> waiter = held.AcquireAsync(cancellationToken: Token).AsTask();

        Assert.Equal("Lock 'orders' (locked, 1 waiting)", held.ToString());
        Assert.False(waiter.IsCompleted);
        Assert.Equal("Lock (unlocked)", new Lock().ToString());
        Assert.Equal("orders", held.Name);
    }

    [Fact(Timeout = 120_000)]
    public void Constructor_WithAnUnknownFairness_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lock((LockFairness)7));
}
