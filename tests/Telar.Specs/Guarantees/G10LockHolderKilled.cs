using Telar.Concurrent.Futures;
using Telar.Internal.Processes;
using Telar.Multiprocessing;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

using Telar.Threading;
using Barrier = Telar.Multiprocessing.Barrier;
using BoundedSemaphore = Telar.Multiprocessing.BoundedSemaphore;
using Condition = Telar.Multiprocessing.Condition;
using Event = Telar.Multiprocessing.Event;
using Lock = Telar.Multiprocessing.Lock;

/// <summary>G10: a process killed while it holds a lock, or waits, holds nobody up, and the next one is told.</summary>
public sealed class G10LockHolderKilled : ProcessSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact(Timeout = 120_000)]
    public async Task I_can_lose_the_holder_of_a_lock_and_the_next_one_gets_it_and_is_told()
    {
        using Lock held = new();
        using Event acquired = new();
        List<AbandonedEventArgs> told = [];
        held.Abandoned += (_, args) => told.Add(args);
        await using ProcessPoolExecutor pool = new(1);
        Future<int> doomed = pool.Submit(() =>
        {
            held.Acquire();
            acquired.Set();
            new ManualResetEventSlim().Wait();
            return 0;
        });
        Assert.True(await acquired.WaitAsync(Patience, Token));
        Assert.False(held.TryAcquire());
        ValueTask<bool> next = held.AcquireAsync(Patience, Token);

        int victim = KillWorker(pool);

        Assert.True(await next);
        AbandonedEventArgs args = Assert.Single(told);
        Assert.Equal((victim, 1), (args.ProcessId, args.Count));
        Assert.False(held.IsAbandoned);
        held.Release();
        await Assert.ThrowsAsync<WorkerDiedException>(() => doomed.AsTask());

        // The pool goes on, and so does the lock.
        Assert.True(await pool.Submit(() =>
        {
            using LockScope scope = held.Enter();
            return held.AbandonedCount == 1;
        }));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_lose_a_process_and_its_units_of_a_semaphore_come_back()
    {
        using BoundedSemaphore places = new(2);
        using Event acquired = new();
        await using ProcessPoolExecutor pool = new(1);
        Future doomed = pool.Submit(() =>
        {
            places.Acquire();
            places.Acquire();
            acquired.Set();
            new ManualResetEventSlim().Wait();
        });
        Assert.True(await acquired.WaitAsync(Patience, Token));
        Assert.False(places.TryAcquire());

        KillWorker(pool);

        await Assert.ThrowsAsync<WorkerDiedException>(() => doomed.AsTask());
        Assert.True(places.Acquire(Patience, Token));
        Assert.True(places.TryAcquire());
        Assert.Equal(2, places.RecoveredCount);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_lose_those_who_wait_and_Notify_and_Set_return()
    {
        using Condition condition = new();
        using Event waits = new();
        await using ProcessPoolExecutor pool = new(2);
        Future one = pool.Submit(() =>
        {
            using LockScope scope = condition.Enter();
            waits.Set();
            condition.Wait();
        });
        Assert.True(await waits.WaitAsync(Patience, Token));
        using Event flag = new();
        using Event alsoWaits = new();
        Future two = pool.Submit(() =>
        {
            alsoWaits.Set();
            flag.Wait();
        });
        Assert.True(await alsoWaits.WaitAsync(Patience, Token));

        foreach (int worker in Workers(pool))
        {
            _ = Interop.Libc.kill(worker, SignalNumber.SIGKILL);
        }

        await Assert.ThrowsAsync<WorkerDiedException>(() => one.AsTask());
        await Assert.ThrowsAsync<WorkerDiedException>(() => two.AsTask());
        condition.Acquire(Patience, Token);
        condition.NotifyAll();
        condition.Release();
        flag.Set();
        Assert.True(flag.IsSet);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_lose_a_party_of_a_barrier_and_the_others_are_told()
    {
        using Barrier barrier = new(2);
        using Event attached = new();
        await using ProcessPoolExecutor pool = new(1);
        Future doomed = pool.Submit(() =>
        {
            GC.KeepAlive(barrier);
            attached.Set();
            new ManualResetEventSlim().Wait();
        });
        Assert.True(await attached.WaitAsync(Patience, Token));
        ValueTask<int> waiting = barrier.WaitAsync(Patience, Token);

        int victim = KillWorker(pool);

        BrokenBarrierException thrown = await Assert.ThrowsAsync<BrokenBarrierException>(() => waiting.AsTask());
        Assert.Contains($"process {victim}, which has this barrier, was killed", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<WorkerDiedException>(() => doomed.AsTask());
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_capture_every_primitive_in_a_lambda()
    {
        using Lock held = new();
        using Telar.Multiprocessing.RLock owned = new();
        using Telar.Multiprocessing.Semaphore units = new(0);
        using BoundedSemaphore places = new(1);
        using Condition condition = new(held);
        using Event flag = new();
        using Barrier barrier = new(2, timeout: Patience);
        await using ProcessPoolExecutor pool = new(1);
        held.Acquire(cancellationToken: Token);
        Future<int> call = pool.Submit(() =>
        {
            // One lock to the condition there too: it could not be notified under another.
            held.Acquire();
            condition.NotifyAll();
            held.Release();
            owned.Acquire();
            owned.Acquire();
            owned.Release();
            units.Release(2);
            places.Acquire();
            flag.Set();
            return barrier.Wait();
        });

        Assert.True(await condition.WaitAsync(Patience, Token));
        held.Release();
        int mine = await barrier.WaitAsync(cancellationToken: Token);

        Assert.Equal(1, mine + await call);
        Assert.Equal(2, units.Value);
        Assert.True(flag.IsSet && places.IsLocked && owned.IsLocked);
    }

    private static int KillWorker(ProcessPoolExecutor pool)
    {
        int worker = Assert.Single(Workers(pool));
        Assert.Equal(0, Interop.Libc.kill(worker, SignalNumber.SIGKILL));
        return worker;
    }

    private static int[] Workers(ProcessPoolExecutor pool) => [.. pool.Statistics.Workers.Select(static worker => worker.ProcessId)];
}
