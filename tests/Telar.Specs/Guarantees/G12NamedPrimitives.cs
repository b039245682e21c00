using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

using Telar.Multiprocessing;

/// <summary>G12: locks, semaphores, events, conditions and barriers have names, on Linux too.</summary>
public sealed class G12NamedPrimitives : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_find_them_by_name_in_another_process()
    {
        string name = $"G12 {Guid.NewGuid():N}";
        using Semaphore units = Semaphore.OpenNamed(name + " units", 0);
        using Event flag = Event.OpenNamed(name + " flag");
        using Lock held = Lock.OpenNamed(name + " lock");
        using Condition condition = Condition.OpenNamed(name + " condition");
        using Barrier barrier = Barrier.OpenNamed(name + " barrier", 2);
        await using ProcessPoolExecutor pool = new(1);
        Future<bool> call = pool.Submit(() =>
        {
            using Semaphore theirUnits = Semaphore.OpenExisting(name + " units");
            using Event theirFlag = Event.OpenExisting(name + " flag");
            using Lock theirLock = Lock.OpenExisting(name + " lock");
            using Condition theirCondition = Condition.OpenExisting(name + " condition");
            using Barrier theirBarrier = Barrier.OpenNamed(name + " barrier", 2);
            theirUnits.Release(3);
            theirFlag.Set();
            theirBarrier.Wait();
            theirCondition.Acquire();
            theirCondition.NotifyAll();
            theirCondition.Release();
            return theirLock.TryAcquire();
        });

        Assert.True(await flag.WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Equal(3, units.Value);
        Assert.True(WaitAtBoth());
        Assert.True(await call);

        // It has let go of everything: the lock that it took is abandoned.
        Assert.True(held.Acquire(TimeSpan.FromSeconds(20), Token));
        Assert.True(held.IsAbandoned);

        bool WaitAtBoth()
        {
            condition.Acquire(cancellationToken: Token);
            Task passed = barrier.WaitAsync(cancellationToken: Token).AsTask();
            bool notified = condition.Wait(TimeSpan.FromSeconds(20), Token);
            condition.Release();
            return notified && passed.Wait(TimeSpan.FromSeconds(20), Token);
        }
    }
}
