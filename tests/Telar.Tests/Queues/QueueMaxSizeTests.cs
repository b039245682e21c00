using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

public class QueueMaxSizeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Seen red without Serve_NeedsMutex in the setter.
    [Fact(Timeout = 120_000)]
    public async Task MaxSize_SetToMore_GivesTheRoomToThoseWhoWait()
    {
        using Queue<int> queue = new(1);
        queue.PutNoWait(1);
        Task blocked = Waits.Start(() => queue.Put(2, TimeSpan.FromSeconds(30), Token));
        await queue.UntilWaitingAsync(1);
        Task awaiting = queue.PutAsync(3, cancellationToken: Token).AsTask();
        await queue.UntilWaitingAsync(2);

        queue.MaxSize = 3;

        await blocked;
        await awaiting;
        Assert.Equal((3, true, 3), (queue.Count, queue.IsFull, queue.MaxSize));
    }

    [Fact(Timeout = 120_000)]
    public void MaxSize_SetToLess_KeepsWhatIsThereAndTakesNoMore()
    {
        using Queue<int> queue = new(3);
        queue.PutNoWait(1);
        queue.PutNoWait(2);
        queue.PutNoWait(3);

        queue.MaxSize = 2;

        Assert.True(queue.IsFull);
        Assert.Throws<QueueFullException>(() => queue.PutNoWait(4));
        Assert.Equal(1, queue.GetNoWait());
        Assert.False(queue.TryPut(4));
        Assert.Equal(2, queue.GetNoWait());
        Assert.True(queue.TryPut(4));
    }

    [Fact(Timeout = 120_000)]
    public void MaxSize_SetToZero_IsNoLimit()
    {
        using Queue<int> queue = new(1);
        queue.PutNoWait(1);

        queue.MaxSize = 0;

        Assert.True(queue.TryPut(2));
        Assert.Equal((0, false), (queue.MaxSize, queue.IsFull));
    }
}
