using Xunit;

namespace Telar.Tests.Threading;

using Telar.Threading;

public class ConditionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Locks => ["RLock", "Lock", "Fair", "Foreign"];

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Locks))]
    public async Task Wait_WhenNotified_ReturnsTrueWithTheLockHeld(string kind)
    {
        Condition condition = new(LockOf(kind));
        Task<bool> waiter = Gate.OnThread(() =>
        {
            using (condition.Enter(cancellationToken: Token))
            {
                bool notified = condition.Wait(cancellationToken: Token);
                return notified && condition.IsLocked;
            }
        });
        Gate.Until(() => condition.Statistics.WaitingCount == 1);

        using (condition.Enter(cancellationToken: Token))
        {
            condition.Notify();
            Assert.Equal(0, condition.Statistics.WaitingCount);
            Assert.False(waiter.IsCompleted);
        }

        Assert.True(await Gate.EndAsync(waiter));
        Assert.False(condition.IsLocked);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Locks))]
    public void Wait_WhenTheTimeIsOver_ReturnsFalseWithTheLockHeld(string kind)
    {
        Condition condition = new(LockOf(kind));
        using (condition.Enter(cancellationToken: Token))
        {
            Assert.False(condition.Wait(TimeSpan.Zero, Token));
            Assert.False(condition.Wait(TimeSpan.FromMilliseconds(2), Token));
            Assert.True(condition.IsLocked);
            Assert.Throws<ArgumentOutOfRangeException>(() => condition.Wait(TimeSpan.FromTicks(-1), Token));
        }

        Assert.False(condition.IsLocked);
        Assert.Equal((2, 0), (condition.Statistics.Waits, condition.Statistics.WaitingCount));
    }

    // Red when TryWithdraw takes a notified waiter out of the queue of the lock, and when it reports success without having been queued.
    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Locks))]
    public async Task Notify_WhenWaitersGiveUp_IsNeverLost(string kind)
    {
        Condition condition = new(LockOf(kind));
        int notified = 0;
        int sent = 0;
        bool isOver = false;
        Task[] waiters = Gate.OnThreads(3, i =>
        {
            Random random = new(i);
            using CancellationTokenSource never = new();
            while (!Volatile.Read(ref isOver))
            {
                using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(random.Next(1, 3)));
                using (condition.Enter(cancellationToken: Token))
                {
                    try
                    {
                        notified += condition.Wait(TimeSpan.FromTicks(random.Next(1, 4000)), i == 0 ? source.Token : Token) ? 1 : 0;
                    }
                    catch (OperationCanceledException)
                    {
                        Assert.True(condition.IsLocked);
                    }
                }
            }
        });

        await Gate.AllAsync(Gate.OnThread(() =>
        {
            for (int i = 0; i < 3000; i++)
            {
                using (condition.Enter(cancellationToken: Token))
                {
                    // Each one that is queued at this moment, and no other, can have it.
                    int waiting = condition.Statistics.WaitingCount;
                    condition.Notify();
                    sent += waiting - condition.Statistics.WaitingCount == 1 ? 1 : 0;
                }

                System.Threading.Thread.Yield();
            }
        }));
        Volatile.Write(ref isOver, true);
        await Gate.AllAsync(waiters);

        // A waiter may give up between the count and the notification: then one too many was counted as sent.
        Assert.True(notified <= sent, $"{notified} were notified by {sent} notifications.");
        Assert.True(notified > 0);
    }

    [Fact(Timeout = 120_000)]
    public async Task Notify_WhenTheNotifiedOnesTokenIsCancelledAfterwards_StaysWithIt()
    {
        Condition condition = new(new Lock());
        using CancellationTokenSource source = new();
        Task<bool> first = Gate.OnThread(() => Wait(source.Token));
        Gate.Until(() => condition.Statistics.WaitingCount == 1);
        Task<bool> second = Gate.OnThread(() => Wait(Token));
        Gate.Until(() => condition.Statistics.WaitingCount == 2);

        using (condition.Enter(cancellationToken: Token))
        {
            condition.Notify();
            source.Cancel();
            Assert.Equal(1, condition.Statistics.WaitingCount);
        }

        Assert.True(await Gate.EndAsync(first));
        Assert.False(second.IsCompleted);
        using (condition.Enter(cancellationToken: Token))
        {
            condition.Notify();
        }

        Assert.True(await Gate.EndAsync(second));

        bool Wait(CancellationToken token)
        {
            using (condition.Enter(cancellationToken: Token))
            {
                return condition.Wait(cancellationToken: token);
            }
        }
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Locks))]
    public async Task Wait_WhenCancelled_ThrowsWithTheLockHeld_AndLeavesTheNotificationToOthers(string kind)
    {
        Condition condition = new(LockOf(kind));
        using CancellationTokenSource source = new();
        Task<bool> cancelled = Gate.OnThread(() => Wait(source.Token));
        Gate.Until(() => condition.Statistics.WaitingCount == 1);
        Task<bool> other = Gate.OnThread(() => Wait(Token));
        Gate.Until(() => condition.Statistics.WaitingCount == 2);

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.EndAsync(cancelled));
        using (condition.Enter(cancellationToken: Token))
        {
            condition.Notify();
        }

        Assert.True(await Gate.EndAsync(other));
        using (condition.Enter(cancellationToken: Token))
        {
            Assert.ThrowsAny<OperationCanceledException>(() => condition.Wait(cancellationToken: source.Token));
            Assert.True(condition.IsLocked);
        }

        Assert.False(condition.IsLocked);

        bool Wait(CancellationToken token)
        {
            using (condition.Enter(cancellationToken: Token))
            {
                return condition.Wait(cancellationToken: token);
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_OnADeeplyHeldRLock_ReleasesAllLevelsAndRestoresThem()
    {
        RLock held = new();
        Condition condition = new(held);
        Task<int> waiter = Gate.OnThread(() =>
        {
            for (int i = 0; i < 3; i++)
            {
                held.Acquire(cancellationToken: Token);
            }

            condition.Wait(cancellationToken: Token);
            condition.Wait(TimeSpan.FromMilliseconds(1), Token);
            int depth = 0;
            for (; held.IsHeldByCurrentThread; depth++)
            {
                held.Release();
            }

            return depth;
        });
        Gate.Until(() => condition.Statistics.WaitingCount == 1);
        Assert.True(held.Acquire(cancellationToken: Token));
        condition.NotifyAll();
        held.Release();

        Assert.Equal(3, await Gate.EndAsync(waiter));
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Locks))]
    public async Task Notify_WakesAsManyAsItSays_InTheirOrder(string kind)
    {
        Condition condition = new(LockOf(kind));
        List<int> order = [];
        List<Task> waiters = [];
        for (int i = 0; i < 5; i++)
        {
            int number = i;
            waiters.Add(Gate.OnThread(() =>
            {
                using (condition.Enter(cancellationToken: Token))
                {
                    Assert.True(condition.Wait(cancellationToken: Token));
                    order.Add(number);
                }
            }));
            Gate.Until(() => condition.Statistics.WaitingCount == number + 1);
        }

        Notify(1);
        await Gate.AllAsync(waiters[0]);
        Notify(0);
        Notify(2);
        await Gate.AllAsync(waiters[1], waiters[2]);
        Assert.Equal(2, condition.Statistics.WaitingCount);
        Assert.Equal([0, 1, 2], order.Order());
        Notify(7);
        await Gate.AllAsync([.. waiters]);
        Notify(1);

        void Notify(int count)
        {
            using (condition.Enter(cancellationToken: Token))
            {
                condition.Notify(count);
            }
        }
    }

    // Red when Adopt leaves out the queue and completes the waiter with Granted.
    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Locks))]
    public async Task NotifyAll_WakesEverybody(string kind)
    {
        Condition condition = new(LockOf(kind));
        Task[] waiters = Gate.OnThreads(6, _ =>
        {
            using (condition.Enter(cancellationToken: Token))
            {
                Assert.True(condition.Wait(cancellationToken: Token));
            }
        });
        Gate.Until(() => condition.Statistics.WaitingCount == 6);

        using (condition.Enter(cancellationToken: Token))
        {
            condition.NotifyAll();
        }

        await Gate.AllAsync(waiters);
        Assert.False(condition.IsLocked);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Locks))]
    public void WaitAndNotify_WithoutTheLock_AreRefused(string kind)
    {
        Condition condition = new(LockOf(kind), "free");

        SynchronizationLockException thrown = Assert.Throws<SynchronizationLockException>(() => condition.Wait(cancellationToken: Token));
        Assert.StartsWith("Wait of Condition 'free'", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<SynchronizationLockException>(() => condition.WaitFor(() => true, cancellationToken: Token));
        Assert.Throws<SynchronizationLockException>(() => condition.Notify());
        Assert.Throws<SynchronizationLockException>(condition.NotifyAll);
        Assert.Throws<ArgumentOutOfRangeException>(() => condition.Notify(-1));
        if (kind == "RLock")
        {
            using (condition.Enter(cancellationToken: Token))
            {
                // Not awaited: this thread owns the lock, and would be another one afterwards.
                Gate.End(Gate.OnThread(() => Assert.Throws<SynchronizationLockException>(() => condition.Notify())));
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public void WaitFor_CallsThePredicateUnderTheLockAtLeastOnce()
    {
        Condition condition = new();
        int calls = 0;
        using (condition.Enter(cancellationToken: Token))
        {
            Assert.True(condition.WaitFor(() => Count(true), TimeSpan.Zero, Token));
            Assert.False(condition.WaitFor(() => Count(false), TimeSpan.Zero, Token));
            Assert.Equal(2, calls);
            Assert.False(condition.WaitFor(() => Count(false), TimeSpan.FromMilliseconds(2), Token));
            Assert.True(calls >= 4);
            Assert.Throws<FormatException>(() => condition.WaitFor<bool>(() => throw new FormatException(), cancellationToken: Token));
            Assert.True(condition.IsLocked);
            Assert.Throws<ArgumentNullException>(() => condition.WaitFor<bool>(null!, cancellationToken: Token));
        }

        bool Count(bool value)
        {
            Assert.True(((RLock)condition.Lock).IsHeldByCurrentThread);
            calls++;
            return value;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitFor_ReturnsTheLastValueOfThePredicate()
    {
        Condition condition = new();
        string? found = null;
        Task<string?> waiter = Gate.OnThread(() =>
        {
            using (condition.Enter(cancellationToken: Token))
            {
                return condition.WaitFor(() => found, cancellationToken: Token);
            }
        });
        Gate.Until(() => condition.Statistics.WaitingCount == 1);
        Tell(null);
        Gate.Until(() => condition.Statistics.WaitingCount == 1);
        Tell("it");

        Assert.Equal("it", await Gate.EndAsync(waiter));

        void Tell(string? value)
        {
            using (condition.Enter(cancellationToken: Token))
            {
                found = value;
                condition.Notify();
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitFor_WhenCancelled_ThrowsWithTheLockHeld()
    {
        Condition condition = new();
        using CancellationTokenSource source = new();
        Task waiter = Gate.OnThread(() =>
        {
            using (condition.Enter(cancellationToken: Token))
            {
                condition.WaitFor(() => false, cancellationToken: source.Token);
            }
        });
        Gate.Until(() => condition.Statistics.WaitingCount == 1);
        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.AllAsync(waiter));
        Assert.False(condition.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitAsync_AndThreads_ShareOneQueue()
    {
        Condition condition = new(new Lock());
        Task<bool> first = WaitAsync(null, Token);
        Gate.Until(() => condition.Statistics.WaitingCount == 1);
        Task<bool> second = Gate.OnThread(() =>
        {
            using (condition.Enter(cancellationToken: Token))
            {
                return condition.Wait(cancellationToken: Token);
            }
        });
        Gate.Until(() => condition.Statistics.WaitingCount == 2);

        using (await condition.EnterAsync(cancellationToken: Token))
        {
            condition.Notify();
        }

        Assert.True(await Gate.EndAsync(first));
        Assert.False(second.IsCompleted);
        Assert.True(await condition.AcquireAsync(cancellationToken: Token));
        condition.NotifyAll();
        condition.Release();
        Assert.True(await Gate.EndAsync(second));

        Assert.False(await Gate.EndAsync(WaitAsync(TimeSpan.Zero, Token)));
        Assert.False(await Gate.EndAsync(WaitAsync(TimeSpan.FromMilliseconds(2), Token)));
        using CancellationTokenSource source = new();
        Task<bool> cancelled = WaitAsync(null, source.Token);
        Gate.Until(() => condition.Statistics.WaitingCount == 1);
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.EndAsync(cancelled));
        Assert.False(condition.IsLocked);

        async Task<bool> WaitAsync(TimeSpan? timeout, CancellationToken token)
        {
            using (await condition.EnterAsync(cancellationToken: Token).ConfigureAwait(false))
            {
                bool notified = await condition.WaitAsync(timeout, token).ConfigureAwait(false);
                Assert.True(condition.IsLocked);
                return notified;
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitForAsync_GoesOnWhenThePredicateHolds()
    {
        Condition condition = new(new Lock());
        int value = 0;
        Task<int> waiter = WaitAsync();
        Gate.Until(() => condition.Statistics.WaitingCount == 1);
        using (condition.Enter(cancellationToken: Token))
        {
            value = 7;
            condition.NotifyAll();
        }

        Assert.Equal(7, await Gate.EndAsync(waiter));
        await condition.AcquireAsync(cancellationToken: Token);
        Assert.Equal(0, await condition.WaitForAsync(() => 0, TimeSpan.Zero, Token));
        Assert.Equal(0, await condition.WaitForAsync(() => 0, TimeSpan.FromMilliseconds(2), Token));
        Assert.True(condition.WaitForAsync(() => 1, cancellationToken: new CancellationToken(canceled: true)).AsTask().IsCanceled);
        Assert.True(condition.IsLocked);

        async Task<int> WaitAsync()
        {
            using (await condition.EnterAsync(cancellationToken: Token).ConfigureAwait(false))
            {
                return await condition.WaitForAsync(() => value, cancellationToken: Token).ConfigureAwait(false);
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitAsync_OnALockThatAThreadOwns_SaysWhatToUse()
    {
        Condition condition = new();
        using (condition.Enter(cancellationToken: Token))
        {
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(
                () => { _ = condition.WaitAsync(cancellationToken: Token).AsTask(); });
            Assert.Contains("new Condition(new Lock())", thrown.Message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => { _ = condition.WaitForAsync(() => true, cancellationToken: Token).AsTask(); });
        }

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await condition.EnterAsync(cancellationToken: Token));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await condition.AcquireAsync(cancellationToken: Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task AcquireAndRelease_AreThoseOfTheLock()
    {
        Lock shared = new(name: "shared");
        Condition first = new(shared, "first");
        Condition second = new(shared);

        Assert.Same(shared, first.Lock);
        Assert.True(first.Acquire(cancellationToken: Token));
        Assert.True(second.IsLocked);
        Assert.False(await Gate.EndAsync(Gate.OnThread(second.TryAcquire)));
        Assert.Equal("Condition 'first' (0 waiting) on Lock 'shared' (locked)", first.ToString());
        second.Release();
        Assert.False(first.IsLocked);
        Assert.Throws<SynchronizationLockException>(first.Release);
        Assert.IsType<RLock>(new Condition().Lock);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Locks))]
    public async Task WaitAndNotify_BetweenThreads_KeepOneInsideAndLoseNothing(string kind)
    {
        Condition condition = new(LockOf(kind));
        int items = 0;
        int inside = 0;
        bool alone = true;
        const int Each = 2500;

        await Gate.AllAsync(
        [
            .. Gate.OnThreads(2, _ => Repeat(() =>
            {
                condition.WaitFor(() => items < 3, cancellationToken: Token);
                items++;
            })),
            .. Gate.OnThreads(2, _ => Repeat(() =>
            {
                condition.WaitFor(() => items > 0, cancellationToken: Token);
                items--;
            })),
        ]);

        Assert.True(alone);
        Assert.Equal(0, items);
        Assert.False(condition.IsLocked);

        void Repeat(Action action)
        {
            for (int i = 0; i < Each; i++)
            {
                using (condition.Enter(cancellationToken: Token))
                {
                    action();
                    alone &= ++inside == 1;
                    inside--;
                    condition.NotifyAll();
                }
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public void WaitAndNotify_AllocateNothing()
    {
        Condition condition = new();
        condition.Acquire(cancellationToken: CancellationToken.None);

        Assert.Equal(0, Gate.Allocated(() =>
        {
            condition.Wait(TimeSpan.FromTicks(1), CancellationToken.None);
            condition.Notify();
        }));
    }

    private static IAcquirable LockOf(string kind) => kind switch
    {
        "RLock" => new RLock(),
        "Lock" => new Lock(),
        "Fair" => new Lock(LockFairness.Fair),
        _ => new ForeignLock(),
    };

    /// <summary>A lock that somebody else wrote: a condition knows nothing of it but the contract.</summary>
    private sealed class ForeignLock : IAcquirable
    {
        private readonly Semaphore _unit = new();

        public bool IsLocked => _unit.IsLocked;

        public bool Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
            _unit.Acquire(timeout, cancellationToken);

        public bool TryAcquire() => _unit.TryAcquire();

        public void Release() => _unit.Release();

        public LockScope Enter(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
            _unit.Enter(timeout, cancellationToken);
    }
}
