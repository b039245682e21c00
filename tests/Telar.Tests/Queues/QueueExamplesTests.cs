using System.Collections.Concurrent;
using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

/// <summary>The examples of Python's page on queues.</summary>
public class QueueExamplesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task WorkersFinishThirtyItems_AndJoinReturns()
    {
        using Queue<int> queue = new();
        ConcurrentBag<int> finished = [];
        Task worker = Waits.Start(() =>
        {
            foreach (int item in queue.ReadAll(Token))
            {
                finished.Add(item);
                queue.TaskDone();
            }
        });
        for (int item = 0; item < 30; item++)
        {
            queue.Put(item, cancellationToken: Token);
        }

        Assert.True(queue.Join(cancellationToken: Token));
        Assert.Equal(Enumerable.Range(0, 30), finished.Order());
        queue.Shutdown();
        await worker;
    }

    [Fact(Timeout = 120_000)]
    public async Task WorkersEnd_WhenTheQueueIsShutDown()
    {
        using Queue<int> queue = new(4);
        int handled = 0;
        Task[] workers = [.. Enumerable.Range(0, 3).Select(_ => Waits.Start(Work))];
        for (int item = 0; item < 30; item++)
        {
            await queue.PutAsync(item, cancellationToken: Token);
        }

        queue.Shutdown();
        await Task.WhenAll(workers);
        Assert.Equal(30, handled);

        void Work()
        {
            try
            {
                while (true)
                {
                    queue.Get(cancellationToken: Token);
                    Interlocked.Increment(ref handled);
                }
            }
            catch (QueueShutDownException)
            {
            }
        }
    }
}
