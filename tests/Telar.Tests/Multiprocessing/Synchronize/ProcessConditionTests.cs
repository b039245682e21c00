using Telar.Multiprocessing.Synchronize;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Threading;
using Telar.Threading;
using Xunit;

namespace Telar.Tests.Multiprocessing.Synchronize;

using Telar.Multiprocessing;

[Collection(ChildProcessGroup.Name)]
public class ProcessConditionTests
{
    public ProcessConditionTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Conditions between processes need Linux.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Notify_WakesTheLongestWaitFirst_AndRestoresTheDepth()
    {
        using Condition condition = new();
        List<int> order = [];
        Task[] threads = new Task[3];
        for (int i = 0; i < 3; i++)
        {
            int number = i;
            threads[i] = Gate.OnThread(() =>
            {
                using LockScope outer = condition.Enter(cancellationToken: Token);
                using LockScope inner = condition.Enter(cancellationToken: Token);
                Assert.True(condition.Wait(cancellationToken: Token));
                Assert.Equal(2, ((RLock)condition.Lock).RecursionCount);
                order.Add(number);
            });
            Gate.Until(() => Waiting(condition) == number + 1);
        }

        Assert.Contains("(3 waiting) of RLock", condition.ToString(), StringComparison.Ordinal);
        for (int i = 0; i < 3; i++)
        {
            using (condition.Enter(cancellationToken: Token))
            {
                condition.Notify();
            }

            int count = i + 1;
            Gate.Until(() => Volatile.Read(ref order).Count == count);
        }

        await Gate.AllAsync(threads);
        Assert.Equal([0, 1, 2], order);
    }

    [Fact(Timeout = 120_000)]
    public void Wait_WithoutTheLock_Throws()
    {
        using Condition condition = new();
        Assert.Throws<SynchronizationLockException>(() => condition.Wait(cancellationToken: Token));
        Assert.Throws<SynchronizationLockException>(() => condition.Notify());
        Assert.Throws<SynchronizationLockException>(condition.NotifyAll);
        using LockScope scope = condition.Enter(cancellationToken: Token);
        Assert.Throws<ArgumentOutOfRangeException>(() => condition.Notify(0));
        Assert.False(condition.Wait(TimeSpan.FromMilliseconds(2), Token));
        Assert.False(condition.Wait(TimeSpan.Zero, Token));
        Assert.True(((RLock)condition.Lock).IsHeldByCurrentThread);
        Assert.Equal(0, Waiting(condition));
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitAsync_WithALockThatNoThreadOwns_IsNotified()
    {
        using Lock held = new();
        using Condition condition = new(held);
        int ready = 0;
        Task<bool>[] waits = [.. Enumerable.Range(0, 5).Select(_ => WaitAsync())];
        Gate.Until(() => Waiting(condition) == 5);

        using (await condition.EnterAsync(cancellationToken: Token))
        {
            ready = 1;
            condition.NotifyAll();
        }

        Assert.All(await Task.WhenAll(waits).WaitAsync(Gate.Limit, Token), Assert.True);
        using Condition owned = new();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await owned.WaitAsync(cancellationToken: Token));

        async Task<bool> WaitAsync()
        {
            using LockScope scope = await condition.EnterAsync(cancellationToken: Token);
            return await condition.WaitForAsync(() => ready == 1, cancellationToken: Token);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenCancelled_ThrowsAndHoldsTheLock()
    {
        using Condition condition = new();
        using CancellationTokenSource source = new();
        Task<bool> thread = Gate.OnThread(() =>
        {
            using LockScope scope = condition.Enter(cancellationToken: Token);
            Assert.ThrowsAny<OperationCanceledException>(() => condition.Wait(cancellationToken: source.Token));
            return ((RLock)condition.Lock).IsHeldByCurrentThread;
        });
        Gate.Until(() => Waiting(condition) == 1);

        source.Cancel();

        Assert.True(await Gate.EndAsync(thread));
        Assert.Equal(0, Waiting(condition));
    }

    [Fact(Timeout = 120_000)]
    public async Task Notify_PassesTheDeadOver()
    {
        using Lock held = new();
        using Condition condition = new(held);
        SyncSegment other = Here.Other(condition);
        Condition theirs = new(other, held);
        Task dying = Gate.OnThread(() =>
        {
            using LockScope scope = theirs.Enter(cancellationToken: Token);
            theirs.Wait(TimeSpan.FromMilliseconds(1), Token);
        });
        await Gate.AllAsync(dying);
        held.Acquire(cancellationToken: Token);
        Leave(other);
        held.Release();
        Task<bool> living = Gate.OnThread(() =>
        {
            using LockScope scope = condition.Enter(cancellationToken: Token);
            return condition.Wait(cancellationToken: Token);
        });
        Gate.Until(() => Waiting(condition) == 2);
        other.Crash();

        using (condition.Enter(cancellationToken: Token))
        {
            condition.Notify();
        }

        Assert.True(await Gate.EndAsync(living));

        // An entry of the other process, as one that was killed in its wait leaves it.
        static void Leave(SyncSegment other)
        {
            SharedWords words = new(other);
            words.Write(WordLayout.Table + 1, words.Add(WordLayout.ConditionTicket, 4) | 1);
            words.Write(WordLayout.Table, words.Self);
        }
    }

    // Seen red: a wait that lets the exception out with the lock free and its entry in the table, where it takes a notification with it.
    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenAHandlerOfAbandonedThrows_HoldsTheLockAndPassesTheNotificationOn()
    {
        using Lock held = new();
        using Condition condition = new(held);
        held.Abandoned += static (_, _) => throw new InvalidDataException("beyond repair");
        Task<string> first = Gate.OnThread(() =>
        {
            using LockScope scope = condition.Enter(cancellationToken: Token);
            Assert.Throws<InvalidDataException>(() => condition.Wait(cancellationToken: Token));
            return held.ToString();
        });
        Gate.Until(() => Waiting(condition) == 1);
        using Lock quiet = new(SyncSegments.Share(held.Segment));
        using Condition second = new(SyncSegments.Share(condition.Segment), quiet);
        Task<bool> next = Gate.OnThread(() =>
        {
            using LockScope scope = second.Enter(cancellationToken: Token);
            return second.Wait(cancellationToken: Token);
        });
        Gate.Until(() => Waiting(condition) == 2);

        SyncSegment otherLock = Here.Other(held);
        SyncSegment otherTable = Here.Other(condition);
        Condition theirs = new(otherTable, new Lock(otherLock));
        theirs.Acquire(cancellationToken: Token);
        theirs.Notify();
        otherTable.Crash();
        otherLock.Crash();

        Assert.Equal("Lock (held by this process, abandoned before)", await Gate.EndAsync(first));
        Assert.True(await Gate.EndAsync(next));
        Assert.False(held.IsLocked);
        Assert.Equal((0, 0), (Here.Word(condition, WordLayout.Table), Here.Word(condition, WordLayout.Table + 2)));
    }

    // Seen red: a wait that ends without the lock, which the scope then releases for somebody else.
    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenTheConditionIsDisposed_HoldsTheLock()
    {
        using Lock held = new();
        Condition condition = new(held);
        Task<string> waiter = Gate.OnThread(() =>
        {
            using LockScope scope = held.Enter(cancellationToken: Token);
            Assert.Throws<ObjectDisposedException>(() => condition.Wait(cancellationToken: Token));
            return held.ToString();
        });
        Gate.Until(() => Waiting(condition) == 1);

        condition.Dispose();

        Assert.Equal("Lock (held by this process)", await Gate.EndAsync(waiter));
        Assert.False(held.IsLocked);
    }

    private static int Waiting(Condition condition) =>
        new ConditionProtocol<SharedWords>(new SharedWords(condition.Segment)).WaitingCount;
}
