using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

public class SimpleQueueTests : QueueContract
{
    protected override int[] OrderOf213 => [2, 1, 3];

    protected override IQueue<int> NewQueue() => new SimpleQueue<int>();

    [Fact(Timeout = 120_000)]
    public async Task Put_NeverWaitsAndIgnoresItsTimeout()
    {
        using SimpleQueue<int> queue = new();
        IQueue<int> any = queue;
        for (int i = 0; i < 1000; i++)
        {
            queue.Put(i);
        }

        any.Put(1000, TimeSpan.FromSeconds(-5), Token);
        await any.PutAsync(1001, TimeSpan.FromSeconds(-5), Token);

        Assert.Equal((1002, false, 0), (queue.Count, queue.IsFull, queue.MaxSize));
        Assert.Equal(Enumerable.Range(0, 1002), queue.ToArray());
        Assert.Equal("SimpleQueue<Int32> (1002 items)", queue.ToString());
        Assert.True(queue.TryPeek(out int first));
        int[] items = new int[1001];
        Assert.Equal((0, 1001), (first, queue.TryGetMany(items)));
        queue.Clear();
        Assert.True(queue.IsEmpty);
    }

    // The callback of a token runs on the thread of whoever cancels, here inside another call of the same queue's reader.
    [Fact(Timeout = 120_000)]
    public async Task Put_FromACallbackInsideAWait_IsSafe()
    {
        using SimpleQueue<int> queue = new();
        using CancellationTokenSource source = new();
        using CancellationTokenRegistration registration = source.Token.Register(() => queue.Put(7));
        Task<int> get = queue.GetAsync(cancellationToken: Token).AsTask();
        await queue.UntilWaitingAsync(1);

        await source.CancelAsync();

        Assert.Equal(7, await get);
    }

    [Fact(Timeout = 120_000)]
    public async Task Put_FromAFinalizer_Arrives()
    {
        using SimpleQueue<string> queue = new();
        Abandon(queue);
        while (queue.IsEmpty)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal("finalized", await queue.GetAsync(cancellationToken: Token));

        static void Abandon(SimpleQueue<string> queue) => _ = new Finalized(queue);
    }

    private sealed class Finalized(SimpleQueue<string> queue)
    {
        ~Finalized() => queue.TryPut("finalized");
    }
}
