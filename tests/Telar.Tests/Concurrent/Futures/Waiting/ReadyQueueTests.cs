using Xunit;

namespace Telar.Tests.Concurrent.Futures.Waiting;

using Telar.Concurrent.Futures.Waiting;

public class ReadyQueueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ItemsOfSeveralThreads_AllArriveAndTheCloseAfterThem(bool async)
    {
        const int Count = 20_000;
        ReadyQueue<int> queue = new();
        Task producers = Task.WhenAll(Enumerable.Range(0, 2).Select(part => Task.Run(() =>
        {
            for (int i = part; i < Count; i += 2)
            {
                queue.Enqueue(i);
            }
        }, Token)));
        Task close = producers.ContinueWith(_ => queue.Close(), Token, TaskContinuationOptions.None, TaskScheduler.Default);
        List<int> taken = [];
        while (true)
        {
            (TakeOutcome outcome, int item) = async
                ? await queue.TakeAsync(Deadline.Never, Token)
                : queue.Take(Deadline.Never, Token);
            if (outcome != TakeOutcome.Item)
            {
                Assert.Equal(TakeOutcome.Closed, outcome);
                break;
            }

            taken.Add(item);
        }

        await close;
        Assert.Equal(Enumerable.Range(0, Count), taken.Order());
    }

    [Fact(Timeout = 120_000)]
    public async Task AStaleWake_IsNotTakenForAnItem()
    {
        ReadyQueue<int> queue = new();
        using CancellationTokenSource cancel = new();
        ValueTask<(TakeOutcome Outcome, int Item)> cancelled = queue.TakeAsync(Deadline.Never, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);

        // The consumer is gone, but still counted as waiting: this leaves a permit behind.
        queue.Enqueue(1);
        Assert.Equal((TakeOutcome.Item, 1), queue.Take(Deadline.Never, Token));
        Assert.Equal(TakeOutcome.OutOfTime, queue.Take(Deadline.After(TimeSpan.FromMilliseconds(20)), Token).Outcome);
        queue.Close();
        Assert.Equal(TakeOutcome.Closed, queue.Take(Deadline.After(TimeSpan.Zero), Token).Outcome);
    }
}
