using Xunit;

namespace Telar.Tests.Threading;

using Telar.Threading;

// The switch is the process's: nothing else may run meanwhile, or its locks would be in the book.
[CollectionDefinition(nameof(ThreadingDiagnosticsTests), DisableParallelization = true)]
[Collection(nameof(ThreadingDiagnosticsTests))]
public sealed class ThreadingDiagnosticsTests : IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ThreadingDiagnosticsTests()
    {
        Assert.False(ThreadingDiagnostics.DetectDeadlocks);
        ThreadingDiagnostics.DetectDeadlocks = true;
    }

    public void Dispose() => ThreadingDiagnostics.DetectDeadlocks = false;

    [Fact(Timeout = 120_000)]
    public async Task Acquire_InACircle_ThrowsInTheLastOneAndNamesAll()
    {
        RLock first = new(name: "first");
        Lock second = new(name: "second");
        DeadlockException? raised = null;
        void OnDetected(object? sender, DeadlockException found) => raised = found;
        ThreadingDiagnostics.DeadlockDetected += OnDetected;
        first.Acquire(cancellationToken: Token);
        Task other = Gate.OnThread(() =>
        {
            System.Threading.Thread.CurrentThread.Name ??= "other";
            second.Acquire(cancellationToken: Token);
            first.Acquire(cancellationToken: Token);
            first.Release();
            second.Release();
        });
        Gate.Until(() => first.Statistics.WaitingCount == 1);

        DeadlockException thrown = Assert.Throws<DeadlockException>(() => second.Acquire(cancellationToken: Token));

        ThreadingDiagnostics.DeadlockDetected -= OnDetected;
        Assert.Same(thrown, raised);
        Assert.Equal(2, thrown.Threads.Count);
        Assert.Contains("Lock 'second'", thrown.Locks[0], StringComparison.Ordinal);
        Assert.Contains("RLock 'first'", thrown.Locks[1], StringComparison.Ordinal);
        Assert.Contains("2 threads wait for each other", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Acquire_InACircle_ThrowsInTheLastOneAndNamesAll), thrown.Message, StringComparison.Ordinal);

        // Nothing was taken, and what was held is held.
        Assert.True(first.IsHeldByCurrentThread);
        first.Release();
        await Gate.AllAsync(other);
        Assert.True(second.Acquire(cancellationToken: Token));
    }

    [Fact(Timeout = 120_000)]
    public void Acquire_OfALockThatTheThreadHolds_IsACircleOfOne()
    {
        Lock held = new(name: "held");
        held.Acquire(cancellationToken: Token);

        DeadlockException thrown = Assert.Throws<DeadlockException>(() => held.Acquire(cancellationToken: Token));

        Assert.Single(thrown.Threads);
        Assert.Contains("Use an RLock", thrown.Message, StringComparison.Ordinal);
        held.Release();
        Assert.False(held.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public async Task Acquire_WithATimeout_OrOfWhatAnAwaitHolds_IsNoCircle()
    {
        Lock held = new();
        held.Acquire(cancellationToken: Token);
        Assert.False(held.Acquire(TimeSpan.FromMilliseconds(1), Token));
        held.Release();

        Assert.True(await held.AcquireAsync(cancellationToken: Token));
        Task<bool> waiter = Gate.OnThread(() => held.Acquire(cancellationToken: Token));
        Gate.Until(() => held.Statistics.WaitingCount == 1);
        held.Release();
        Assert.True(await Gate.EndAsync(waiter));
    }

    [Fact(Timeout = 120_000)]
    public async Task Acquire_ByManyThreadsInOneOrder_FindsNothing()
    {
        RLock first = new();
        RLock second = new();
        Condition condition = new(first);

        await Gate.AllAsync(Gate.OnThreads(4, _ =>
        {
            for (int i = 0; i < 300; i++)
            {
                using (first.Enter(cancellationToken: Token))
                using (second.Enter(cancellationToken: Token))
                {
                }

                using (condition.Enter(cancellationToken: Token))
                {
                    condition.NotifyAll();
                    condition.Wait(TimeSpan.FromTicks(2000), Token);
                }
            }
        }));
    }

    [Fact(Timeout = 120_000)]
    public async Task DumpState_NamesWhoHoldsAndWhoWaits()
    {
        Lock orders = new(name: "orders");
        Event ready = new("ready");
        orders.Acquire(cancellationToken: Token);
        Task<bool> waiter = Gate.OnThread(() => orders.Acquire(cancellationToken: Token));
        Task<bool> other = Gate.OnThread(() => ready.Wait(cancellationToken: Token));
        Gate.Until(() => orders.Statistics.WaitingCount == 1 && ready.Statistics.WaitingCount == 1);

        string dump = ThreadingDiagnostics.DumpState();

        Assert.Matches(@"thread .* holds Lock 'orders' \(locked, 1 waiting\) for 00:00:", dump);
        Assert.Matches(@"thread .* waits to acquire Lock 'orders' \(locked, 1 waiting\) for 00:00:", dump);
        Assert.Matches(@"thread .* waits for Event 'ready' \(unset, 1 waiting\) for 00:00:", dump);
        orders.Release();
        ready.Set();
        Assert.True(await Gate.EndAsync(waiter));
        Assert.True(await Gate.EndAsync(other));
        ThreadingDiagnostics.DetectDeadlocks = false;
        Assert.Contains("Held: not recorded", ThreadingDiagnostics.DumpState(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void DebugView_ShowsHolderAndWaiters()
    {
        Lock held = new(name: "held");
        held.Acquire(cancellationToken: Token);
        ValueTask<bool> waiter = held.AcquireAsync(cancellationToken: Token);

        WaitDebugView view = new(held);

        Assert.StartsWith("Lock 'held'", view.State, StringComparison.Ordinal);
        Assert.StartsWith("thread ", view.Holder, StringComparison.Ordinal);
        Assert.StartsWith("an await for ", Assert.Single(view.Waiters), StringComparison.Ordinal);
        held.Release();
        Assert.True(waiter.IsCompletedSuccessfully);
        Assert.StartsWith("an await for ", view.Holder, StringComparison.Ordinal);
        Assert.Equal("nobody", new WaitDebugView(new RLock()).Holder);
        Assert.Empty(new WaitDebugView(new Barrier(2)).Waiters);
        Assert.Empty(new WaitDebugView(new Condition()).Waiters);
        Assert.Empty(new WaitDebugView(new Semaphore()).Waiters);
        Assert.Contains("not held", new WaitDebugView(new Event()).Holder, StringComparison.Ordinal);
    }
}
