using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

/// <summary>What every queue does that can be bounded and counts its tasks.</summary>
public abstract class JoinableQueueContract : QueueContract
{
    protected abstract QueueBase<int> NewJoinable(int maxSize);

    protected override IQueue<int> NewQueue() => NewJoinable(0);

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(-3)]
    public void MaxSize_OfZeroOrLess_IsNoLimit(int maxSize)
    {
        using QueueBase<int> queue = NewJoinable(maxSize);
        for (int i = 0; i < 1000; i++)
        {
            queue.PutNoWait(i);
        }

        Assert.Equal((maxSize, false, 1000), (queue.MaxSize, queue.IsFull, queue.Count));
    }

    [Fact(Timeout = 120_000)]
    public async Task Put_WhenFull_ThrowsFullAtOnceOrWhenTheTimeIsOver()
    {
        using QueueBase<int> queue = NewJoinable(2);
        queue.Put(1, cancellationToken: Token);
        Assert.False(queue.IsFull);
        queue.Put(1, cancellationToken: Token);
        Assert.True(queue.IsFull);

        Assert.Throws<QueueFullException>(() => queue.PutNoWait(3));
        Assert.Throws<QueueFullException>(() => queue.Put(3, TimeSpan.Zero, Token));
        QueueFullException late = Assert.Throws<QueueFullException>(() => queue.Put(3, Soon, Token));
        await Assert.ThrowsAsync<QueueFullException>(async () => await queue.PutAsync(3, TimeSpan.Zero, Token));
        await Assert.ThrowsAsync<QueueFullException>(async () => await queue.PutAsync(3, Soon, Token));
        Assert.False(queue.TryPut(3));
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => queue.Put(3, TimeSpan.FromSeconds(-2), Token));

        Assert.Contains($"found no room in {queue}", late.Message, StringComparison.Ordinal);
        Assert.Equal((2, 2L), (queue.Count, queue.UnfinishedCount));
    }

    [Fact(Timeout = 120_000)]
    public async Task Put_WhenFull_WaitsForTheGet()
    {
        using QueueBase<int> queue = NewJoinable(1);
        queue.PutNoWait(1);
        Task blocked = Waits.Start(() => queue.Put(2, TimeSpan.FromSeconds(30), Token));
        await queue.UntilWaitingAsync(1);
        Task awaiting = queue.PutAsync(3, cancellationToken: Token).AsTask();
        await queue.UntilWaitingAsync(2);

        Assert.Equal(1, queue.GetNoWait());
        await blocked;
        Assert.False(awaiting.IsCompleted);
        Assert.Equal((1, true), (queue.Count, queue.IsFull));
        Assert.Equal(2, queue.GetNoWait());
        await awaiting;
        Assert.Equal(3, queue.GetNoWait());
        Assert.Equal(3, queue.UnfinishedCount);
    }

    [Fact(Timeout = 120_000)]
    public async Task PutAsync_WithoutTimeAndToken_WaitsForRoomOrTheEnd()
    {
        using QueueBase<int> queue = NewJoinable(1);
        queue.PutNoWait(1);
        Task first = queue.PutAsync(2, cancellationToken: CancellationToken.None).AsTask();
        Task second = queue.PutAsync(3, cancellationToken: CancellationToken.None).AsTask();
        await queue.UntilWaitingAsync(2);
        Assert.Equal(1, queue.GetNoWait());
        await first;
        queue.Shutdown();

        await Assert.ThrowsAsync<QueueShutDownException>(() => second);
        Assert.Equal((1, 2), (queue.Count, queue.GetNoWait()));
    }

    [Fact(Timeout = 120_000)]
    public async Task Put_WhenCancelled_PutsNothing()
    {
        using QueueBase<int> queue = NewJoinable(1);
        queue.PutNoWait(1);
        using CancellationTokenSource source = new();
        Task awaiting = queue.PutAsync(2, cancellationToken: source.Token).AsTask();
        Task blocked = Waits.Start(() => queue.Put(3, cancellationToken: source.Token));
        await queue.UntilWaitingAsync(2);
        Task patient = queue.PutAsync(4, cancellationToken: Token).AsTask();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => awaiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
        Assert.True(awaiting.IsCanceled);
        Assert.Equal(1, queue.GetNoWait());
        await patient;
        Assert.Equal(4, queue.GetNoWait());
        Assert.Equal((0, 2L), (queue.Count, queue.UnfinishedCount));
    }

    [Fact(Timeout = 120_000)]
    public async Task MaxSize_CanBeSetWhileOthersWait()
    {
        using QueueBase<int> queue = NewJoinable(2);
        queue.PutNoWait(1);
        queue.PutNoWait(1);
        Task third = queue.PutAsync(1, cancellationToken: Token).AsTask();
        Task fourth = queue.PutAsync(1, cancellationToken: Token).AsTask();

        queue.MaxSize = 3;
        await third;
        Assert.False(fourth.IsCompleted);
        Assert.Equal((3, true, 3), (queue.Count, queue.IsFull, queue.MaxSize));

        // Nothing is thrown away when it shrinks, and there is no room until enough was got.
        queue.MaxSize = 1;
        queue.GetNoWait();
        queue.GetNoWait();
        Assert.False(fourth.IsCompleted);
        queue.GetNoWait();
        await fourth;
        queue.MaxSize = 0;
        Assert.False(queue.IsFull);
        queue.PutNoWait(2);
        Assert.Equal(2, queue.Count);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Shutdown_WakesAllWhoWaitToPut(bool immediate)
    {
        using QueueBase<int> queue = NewJoinable(1);
        queue.PutNoWait(1);
        Task blocked = Waits.Start(() => queue.Put(2, cancellationToken: Token));
        Task awaiting = queue.PutAsync(3, cancellationToken: Token).AsTask();
        await queue.UntilWaitingAsync(2);

        queue.Shutdown(immediate);

        await Assert.ThrowsAsync<QueueShutDownException>(() => blocked);
        await Assert.ThrowsAsync<QueueShutDownException>(() => awaiting);
        Assert.Equal(immediate ? 0 : 1, queue.Count);
        Assert.Equal(immediate ? 0 : 1, queue.UnfinishedCount);
    }

    [Fact(Timeout = 120_000)]
    public async Task Join_WaitsUntilAllItemsAreDone()
    {
        using QueueBase<int> queue = NewJoinable(0);
        Assert.True(queue.Join(cancellationToken: Token));
        Assert.True(await queue.JoinAsync(cancellationToken: Token));
        queue.PutNoWait(1);
        queue.PutNoWait(2);

        Assert.False(queue.Join(TimeSpan.Zero, Token));
        Assert.False(queue.Join(Soon, Token));
        Assert.False(await queue.JoinAsync(TimeSpan.Zero, Token));
        Assert.False(await queue.JoinAsync(Soon, Token));
        Task<bool> blocked = Waits.Start(() => queue.Join(cancellationToken: Token));
        Task<bool> awaiting = queue.JoinAsync(cancellationToken: Token).AsTask();
        await queue.UntilWaitingAsync(2);

        // Got is not done. Seen red with: joiners granted when the storage is empty.
        queue.GetNoWait();
        queue.GetNoWait();
        queue.TaskDone();
        Assert.False(queue.Join(Soon, Token));
        Assert.False(awaiting.IsCompleted);
        Assert.Equal(1, queue.UnfinishedCount);

        queue.TaskDone();
        Assert.True(await blocked);
        Assert.True(await awaiting);
    }

    [Fact(Timeout = 120_000)]
    public async Task Join_WhenCancelled_EndsTheWait()
    {
        using QueueBase<int> queue = NewJoinable(0);
        queue.PutNoWait(1);
        using CancellationTokenSource source = new();
        Task<bool> blocked = Waits.Start(() => queue.Join(cancellationToken: source.Token));
        Task<bool> awaiting = queue.JoinAsync(cancellationToken: source.Token).AsTask();
        await queue.UntilWaitingAsync(2);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => awaiting);
        Assert.Throws<OperationCanceledException>(() => queue.Join(cancellationToken: source.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await queue.JoinAsync(cancellationToken: source.Token));
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => queue.Join(TimeSpan.FromSeconds(-2), Token));
    }

    [Fact(Timeout = 120_000)]
    public void TaskDone_MoreOftenThanItemsWerePut_IsRefused()
    {
        using QueueBase<int> queue = NewJoinable(0);
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(queue.TaskDone);
        Assert.Contains("every item that was put is done already", thrown.Message, StringComparison.Ordinal);

        queue.PutNoWait(1);
        queue.TaskDone();
        Assert.Throws<InvalidOperationException>(queue.TaskDone);
        Assert.Equal(0, queue.UnfinishedCount);
        Assert.Equal(1, queue.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task ShutdownImmediately_CountsWhatItThrowsAwayAsDone()
    {
        using QueueBase<int> queue = NewJoinable(0);
        queue.PutNoWait(1);
        queue.PutNoWait(2);
        queue.PutNoWait(3);
        queue.GetNoWait();
        Task<bool> join = queue.JoinAsync(cancellationToken: Token).AsTask();

        queue.Shutdown();
        Assert.False(join.IsCompleted);
        queue.Shutdown(immediate: true);

        Assert.Equal((0, 1L), (queue.Count, queue.UnfinishedCount));
        Assert.False(join.IsCompleted);
        queue.TaskDone();
        Assert.True(await join);
        Assert.Throws<InvalidOperationException>(queue.TaskDone);
    }

    [Fact(Timeout = 120_000)]
    public async Task Clear_ThrowsAwayWhatIsThereAndLetsPuttersGoOn()
    {
        using QueueBase<int> queue = NewJoinable(2);
        queue.PutNoWait(1);
        queue.PutNoWait(2);
        Task put = queue.PutAsync(3, cancellationToken: Token).AsTask();

        queue.Clear();

        await put;
        Assert.Equal((1, 1L, false), (queue.Count, queue.UnfinishedCount, queue.IsShutDown));
        Assert.Equal(3, queue.GetNoWait());
    }

    [Fact(Timeout = 120_000)]
    public void TryPeek_ShowsWhatTheNextGetTakes()
    {
        using QueueBase<int> queue = NewJoinable(0);
        Assert.False(queue.TryPeek(out _));
        queue.PutNoWait(2);
        queue.PutNoWait(1);
        queue.PutNoWait(3);

        while (queue.TryPeek(out int next))
        {
            Assert.Equal(next, queue.ToArray()[0]);
            Assert.Equal(next, queue.GetNoWait());
        }

        Assert.Empty(queue.ToArray());
    }

    [Fact(Timeout = 120_000)]
    public async Task TryGetMany_TakesWhatIsThereAndServesPutters()
    {
        using QueueBase<int> queue = NewJoinable(3);
        queue.PutNoWait(2);
        queue.PutNoWait(1);
        queue.PutNoWait(3);
        Task put = queue.PutAsync(4, cancellationToken: Token).AsTask();

        int[] items = new int[6];
        Assert.Equal(2, queue.TryGetMany(items.AsSpan(0, 2)));
        await put;
        Assert.Equal(2, queue.TryGetMany(items.AsSpan(2)));

        Assert.Equal([0, 0, 1, 2, 3, 4], items.Order());
        Assert.Equal(0, queue.TryGetMany(items));
    }

    [Fact(Timeout = 120_000)]
    public void ToString_NamesWhatItIs()
    {
        using QueueBase<int> queue = NewJoinable(5);
        queue.PutNoWait(1);
        string type = queue.GetType().Name.Split('`')[0];
        Assert.Equal($"{type}<Int32> (1 of 5 items)", queue.ToString());
        queue.Shutdown();
        Assert.Equal($"{type}<Int32> (1 of 5 items, shut down)", queue.ToString());
    }

    [Fact(Timeout = 120_000)]
    public async Task ManyPuttersAndGetters_LoseAndDoubleNothing()
    {
        const int each = 5_000;
        using QueueBase<int> queue = NewJoinable(7);
        int[] seen = new int[4 * each];
        Task[] getters =
        [
            Waits.Start(() => Take(queue.ReadAll(Token))),
            Waits.Start(() => Take(queue.ReadAll(Token))),
            Task.Run(TakeAsync, Token),
            Task.Run(TakeAsync, Token),
        ];
        Task[] putters =
        [
            Waits.Start(() => Put(0)),
            Waits.Start(() => Put(1)),
            Task.Run(() => PutAsync(2), Token),
            Task.Run(() => PutAsync(3), Token),
        ];

        await Task.WhenAll(putters);
        Assert.True(await queue.JoinAsync(cancellationToken: Token));
        queue.Shutdown();
        await Task.WhenAll(getters);

        Assert.All(seen, count => Assert.Equal(1, count));
        Assert.Equal((0, 0L), (queue.Count, queue.UnfinishedCount));

        void Put(int part)
        {
            for (int i = 0; i < each; i++)
            {
                queue.Put((part * each) + i, cancellationToken: Token);
            }
        }

        async Task PutAsync(int part)
        {
            for (int i = 0; i < each; i++)
            {
                await queue.PutAsync((part * each) + i, cancellationToken: Token);
            }
        }

        void Take(IEnumerable<int> items)
        {
            foreach (int item in items)
            {
                Interlocked.Increment(ref seen[item]);
                queue.TaskDone();
            }
        }

        async Task TakeAsync()
        {
            await foreach (int item in queue.ReadAllAsync(Token))
            {
                Interlocked.Increment(ref seen[item]);
                queue.TaskDone();
            }
        }
    }
}
