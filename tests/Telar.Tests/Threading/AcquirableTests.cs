using Xunit;

namespace Telar.Tests.Threading;

using Telar.Threading;

/// <summary>What holds for everything that is acquired and released.</summary>
public abstract class AcquirableTests
{
    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract IAcquirable Create();

    private protected abstract int WaitingAt(IAcquirable acquirable);

    [Fact(Timeout = 120_000)]
    public void Acquire_WhenFree_TakesIt()
    {
        IAcquirable acquirable = Create();
        Assert.False(acquirable.IsLocked);

        Assert.True(acquirable.Acquire(cancellationToken: Token));

        Assert.True(acquirable.IsLocked);
        acquirable.Release();
        Assert.False(acquirable.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public async Task Acquire_WhenHeld_WaitsForTheRelease()
    {
        IAcquirable acquirable = Create();
        acquirable.Acquire(cancellationToken: Token);
        Task<bool> waiter = Gate.OnThread(() =>
        {
            bool taken = acquirable.Acquire(cancellationToken: Token);
            acquirable.Release();
            return taken;
        });
        Gate.Until(() => WaitingAt(acquirable) == 1);
        Assert.False(waiter.IsCompleted);

        acquirable.Release();

        Assert.True(await Gate.EndAsync(waiter));
        Assert.Equal(0, WaitingAt(acquirable));
    }

    [Fact(Timeout = 120_000)]
    public void Acquire_WhenTheTimeIsOver_ReturnsFalseAndTakesNothing()
    {
        IAcquirable acquirable = Create();
        acquirable.Acquire(cancellationToken: Token);

        bool[] taken = Gate.End(Gate.OnThread<bool[]>(() =>
        [
            acquirable.Acquire(TimeSpan.Zero, Token),
            acquirable.TryAcquire(),
            acquirable.Acquire(TimeSpan.FromMilliseconds(5), Token),
        ]));

        Assert.Equal([false, false, false], taken);
        acquirable.Release();
        Assert.False(acquirable.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public void Acquire_WhenCancelled_ThrowsAndTakesNothing()
    {
        IAcquirable acquirable = Create();
        acquirable.Acquire(cancellationToken: Token);
        using CancellationTokenSource source = new();
        Task<bool> waiter = Gate.OnThread(() => acquirable.Acquire(cancellationToken: source.Token));
        Gate.Until(() => WaitingAt(acquirable) == 1);

        source.Cancel();

        OperationCanceledException thrown = Assert.ThrowsAny<OperationCanceledException>(() => { Gate.End(waiter); });
        Assert.Equal(source.Token, thrown.CancellationToken);
        Assert.Equal(0, WaitingAt(acquirable));
        acquirable.Release();
        Assert.False(acquirable.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public void Acquire_WhenCancelledBefore_ThrowsThoughItIsFree()
    {
        IAcquirable acquirable = Create();
        CancellationToken cancelled = new(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(() => acquirable.Acquire(cancellationToken: cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => acquirable.Enter(cancellationToken: cancelled));

        Assert.False(acquirable.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public void Acquire_WithANegativeTimeout_IsRefused()
    {
        IAcquirable acquirable = Create();

        Assert.Equal("timeout", Assert.Throws<ArgumentOutOfRangeException>(
            () => acquirable.Acquire(TimeSpan.FromSeconds(-2), Token)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => acquirable.Enter(TimeSpan.MinValue, Token));

        Assert.False(acquirable.IsLocked);
        Assert.True(acquirable.Acquire(Timeout.InfiniteTimeSpan, Token));
        acquirable.Release();
        Assert.True(acquirable.Acquire(TimeSpan.MaxValue, Token));
        acquirable.Release();
    }

    [Fact(Timeout = 120_000)]
    public void Enter_ReleasesAtTheEndOfTheScope_AlsoAfterAnException()
    {
        IAcquirable acquirable = Create();

        Assert.Throws<FormatException>((Action)(() =>
        {
            using (acquirable.Enter(cancellationToken: Token))
            {
                Assert.True(acquirable.IsLocked);
                throw new FormatException();
            }
        }));

        Assert.False(acquirable.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public void Enter_WhenTheTimeIsOver_ThrowsWhatItWaitedFor()
    {
        IAcquirable acquirable = Create();
        using (acquirable.Enter(cancellationToken: Token))
        {
            // Not awaited: this thread may own it, and would be another one afterwards.
            TimeoutException thrown = Gate.End(Gate.OnThread(
                () => Assert.Throws<TimeoutException>(() => acquirable.Enter(TimeSpan.Zero, Token).Dispose())));
            Assert.Contains(acquirable.GetType().Name, thrown.Message, StringComparison.Ordinal);
        }

        Assert.False(acquirable.IsLocked);
    }

    // Red when a woken waiter of a lock that queues again leaves Woken set, when TryBarge does not look at Held,
    // and when TryWithdraw says yes though the waiter was not queued any more.
    [Fact(Timeout = 120_000)]
    public async Task AcquireAndRelease_ByManyThreads_LosesNoWakeUpAndLetsInOne()
    {
        IAcquirable acquirable = Create();
        int inside = 0;
        long sum = 0;
        bool alone = true;

        await Gate.AllAsync(Gate.OnThreads(6, i =>
        {
            for (int n = 0; n < 4000; n++)
            {
                // Some give up: a waiter whose time is over must not take a wake-up with it.
                if (acquirable.Acquire(n % 7 == i ? TimeSpan.FromTicks(200) : null, Token))
                {
                    alone &= ++inside == 1;
                    sum++;
                    if (n % 16 == 0)
                    {
                        System.Threading.Thread.Yield();
                    }

                    inside--;
                    acquirable.Release();
                }
            }
        }));

        Assert.True(alone);
        Assert.InRange(sum, 1, 24_000);
        Assert.False(acquirable.IsLocked);
        Assert.Equal(0, WaitingAt(acquirable));
    }

    [Fact(Timeout = 120_000)]
    public void AcquireAndRelease_WhenFree_AllocatesNothing()
    {
        IAcquirable acquirable = Create();

        Assert.Equal(0, Gate.Allocated(() =>
        {
            acquirable.Acquire(cancellationToken: Token);
            acquirable.Release();
            using (acquirable.Enter(cancellationToken: Token))
            {
            }
        }));
    }

    [Fact(Timeout = 120_000)]
    public async Task Acquire_WhenItWaits_AllocatesNothing()
    {
        IAcquirable acquirable = Create();
        acquirable.Acquire(cancellationToken: CancellationToken.None);

        long allocated = await Gate.EndAsync(Gate.OnThread(
            () => Gate.Allocated(() => acquirable.Acquire(TimeSpan.FromTicks(1), CancellationToken.None), runs: 100)));

        Assert.Equal(0, allocated);
    }
}
