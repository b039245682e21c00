using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

public class QueueAllocationTests
{
    private const int Rounds = 2000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void PutAndGet_AllocateNothing()
    {
        using Queue<int> fifo = new(8);
        using LifoQueue<int> lifo = new();
        using PriorityQueue<int> priority = new(isStable: true);
        using SimpleQueue<int> simple = new();
        foreach (IQueue<int> queue in (IQueue<int>[])[fifo, lifo, priority, simple])
        {
            AssertNothing(queue.GetType().Name, () =>
            {
                queue.Put(1, cancellationToken: Token);
                queue.TryPut(2);
                queue.PutNoWait(3);
                queue.Get(cancellationToken: Token);
                queue.TryGet(out _);
                queue.GetNoWait();
                queue.TryGet(out _);
            });
        }
    }

    [Fact(Timeout = 120_000)]
    public void AsyncCallsThatNeedNotWait_AllocateNothing()
    {
        using Queue<int> queue = new(8);
        AssertNothing("PutAsync, GetAsync, TaskDone, JoinAsync", () =>
        {
            ValueTask put = queue.PutAsync(1, cancellationToken: Token);
            Assert.True(put.IsCompletedSuccessfully);
            ValueTask<int> get = queue.GetAsync(cancellationToken: Token);
            Assert.True(get.IsCompletedSuccessfully);
            queue.TaskDone();
            ValueTask<bool> join = queue.JoinAsync(cancellationToken: Token);
            Assert.True(join.IsCompletedSuccessfully);
            queue.Join(cancellationToken: Token);
        });
    }

    [Fact(Timeout = 120_000)]
    public void AnAsyncGetThatWaits_AllocatesNothing()
    {
        using Queue<int> queue = new();
        AssertNothing("GetAsync", () =>
        {
            ValueTask<int> get = queue.GetAsync(cancellationToken: CancellationToken.None);
            queue.PutNoWait(5);
            Assert.True(get.IsCompletedSuccessfully);
            _ = get.Result;
        });
    }

    [Fact(Timeout = 120_000)]
    public void AnAsyncPutThatWaits_AllocatesNothing()
    {
        using Queue<int> queue = new(1);
        queue.PutNoWait(0);
        AssertNothing("PutAsync", () =>
        {
            ValueTask put = queue.PutAsync(1, cancellationToken: CancellationToken.None);
            queue.GetNoWait();
            Assert.True(put.IsCompletedSuccessfully);
            put.GetAwaiter().GetResult();
        });
    }

    private static void AssertNothing(string what, Action round)
    {
        // The first rounds grow storages, fill pools and are compiled once more while they run.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++)
            {
                round();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(least == 0, $"{what}: {least} bytes in {Rounds} rounds.");
    }
}
