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

    [Fact(Timeout = 60_000)]
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

    [Fact(Timeout = 60_000)]
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

    [Fact(Timeout = 60_000)]
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

    [Fact(Timeout = 60_000)]
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

    [Fact(Timeout = 60_000)]
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

    private static int Waiting(Condition condition) =>
        new ConditionProtocol<SharedWords>(new SharedWords(condition.Segment)).WaitingCount;
}
