using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

/// <summary>What every queue does, of whatever order: each kind of queue inherits these tests.</summary>
public abstract class QueueContract
{
    protected static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract IQueue<int> NewQueue();

    /// <summary>The order in which 2, 1, 3, put one after the other, come out.</summary>
    protected abstract int[] OrderOf213 { get; }

    [Fact(Timeout = 120_000)]
    public void Get_GivesItemsInTheOrderOfTheQueue()
    {
        using IQueue<int> queue = NewQueue();
        queue.Put(2, cancellationToken: Token);
        queue.PutNoWait(1);
        Assert.True(queue.TryPut(3));

        Assert.Equal((3, false, false, false), (queue.Count, queue.IsEmpty, queue.IsFull, queue.IsShutDown));
        Assert.True(queue.TryGet(out int second));
        int[] items = [second, queue.GetNoWait(), queue.Get(cancellationToken: Token)];

        Assert.Equal(OrderOf213, items);
        Assert.True(queue.IsEmpty);
    }

    [Fact(Timeout = 120_000)]
    public async Task GetAsync_GivesItemsInTheOrderOfTheQueue()
    {
        using IQueue<int> queue = NewQueue();
        await queue.PutAsync(2, cancellationToken: Token);
        await queue.PutAsync(1, cancellationToken: Token);
        await queue.PutAsync(3, cancellationToken: Token);

        int[] items = [await queue.GetAsync(cancellationToken: Token), await queue.GetAsync(cancellationToken: Token), await queue.GetAsync(cancellationToken: Token)];

        Assert.Equal(OrderOf213, items);
    }

    [Fact(Timeout = 120_000)]
    public async Task Count_RightAfterAPut_IsExact()
    {
        using IQueue<int> queue = NewQueue();
        for (int i = 1; i <= 100; i++)
        {
            queue.PutNoWait(i);
            Assert.Equal((i, false), (queue.Count, queue.IsEmpty));
        }

        for (int i = 99; i >= 0; i--)
        {
            await queue.GetAsync(cancellationToken: Token);
            Assert.Equal((i, i == 0), (queue.Count, queue.IsEmpty));
        }
    }

    [Fact(Timeout = 120_000)]
    public void Get_WhenEmpty_ThrowsEmptyAtOnceOrWhenTheTimeIsOver()
    {
        using IQueue<int> queue = NewQueue();

        Assert.Throws<QueueEmptyException>(() => queue.GetNoWait());
        Assert.Throws<QueueEmptyException>(() => queue.Get(TimeSpan.Zero, Token));
        QueueEmptyException late = Assert.Throws<QueueEmptyException>(() => queue.Get(Soon, Token));
        Assert.False(queue.TryGet(out int nothing));

        Assert.Equal(0, nothing);
        Assert.Contains($"found no item in {queue}", late.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task GetAsync_WhenEmpty_ThrowsEmptyWhenTheTimeIsOver()
    {
        using IQueue<int> queue = NewQueue();
        await Assert.ThrowsAsync<QueueEmptyException>(() => queue.GetAsync(TimeSpan.Zero, Token).AsTask());
        await Assert.ThrowsAsync<QueueEmptyException>(() => queue.GetAsync(Soon, Token).AsTask());

        await queue.UntilWaitingAsync(0);
        queue.PutNoWait(1);
        Assert.Equal(1, queue.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task Get_WhenTheTimeoutIsNegative_IsRefused()
    {
        using IQueue<int> queue = NewQueue();
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => queue.Get(TimeSpan.FromSeconds(-2), Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("timeout", async () => await queue.GetAsync(TimeSpan.FromSeconds(-2), Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Get_WithACancelledToken_TakesNothing()
    {
        using IQueue<int> queue = NewQueue();
        queue.PutNoWait(1);
        CancellationToken cancelled = new(canceled: true);

        Assert.Throws<OperationCanceledException>(() => queue.Get(cancellationToken: cancelled));
        Task<int> get = queue.GetAsync(cancellationToken: cancelled).AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
        Assert.True(get.IsCanceled);
        Assert.Throws<OperationCanceledException>(() => queue.Put(2, cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await queue.PutAsync(2, cancellationToken: cancelled));

        Assert.Equal(1, queue.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task Get_WhenEmpty_WaitsForThePut()
    {
        using IQueue<int> queue = NewQueue();
        Task<int> blocked = Waits.Start(() => queue.Get(TimeSpan.FromSeconds(30), Token));
        await queue.UntilWaitingAsync(1);
        Task<int> awaiting = queue.GetAsync(cancellationToken: Token).AsTask();
        await queue.UntilWaitingAsync(2);

        queue.PutNoWait(1);
        queue.PutNoWait(2);

        Assert.Equal((1, 2), (await blocked, await awaiting));
        Assert.True(queue.IsEmpty);
    }

    [Fact(Timeout = 120_000)]
    public async Task Get_WhenSeveralWait_ServesThemInTheOrderOfTheirArrival()
    {
        using IQueue<int> queue = NewQueue();
        List<Task<int>> getters = [];
        for (int i = 0; i < 6; i++)
        {
            getters.Add(i % 2 == 0 ? queue.GetAsync(cancellationToken: Token).AsTask() : Waits.Start(() => queue.Get(cancellationToken: Token)));
            await queue.UntilWaitingAsync(i + 1);
        }

        for (int i = 0; i < 6; i++)
        {
            queue.PutNoWait(10 + i);
        }

        Assert.Equal((int[])[10, 11, 12, 13, 14, 15], await Task.WhenAll(getters));
    }

    [Fact(Timeout = 120_000)]
    public async Task Get_WhenCancelled_EndsTheWaitAndSwallowsNothing()
    {
        using IQueue<int> queue = NewQueue();
        using CancellationTokenSource source = new();
        Task<int> awaiting = queue.GetAsync(cancellationToken: source.Token).AsTask();
        Task<int> blocked = Waits.Start(() => queue.Get(cancellationToken: source.Token));
        await queue.UntilWaitingAsync(2);
        Task<int> patient = queue.GetAsync(cancellationToken: Token).AsTask();

        await source.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => awaiting);
        Assert.Equal(source.Token, thrown.CancellationToken);
        Assert.True(awaiting.IsCanceled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
        await queue.UntilWaitingAsync(1);
        queue.PutNoWait(1);
        Assert.Equal(1, await patient);
    }

    [Fact(Timeout = 120_000)]
    public async Task Shutdown_LetsWhatIsThereBeGotAndThenThrows()
    {
        using IQueue<int> queue = NewQueue();
        queue.PutNoWait(1);
        queue.PutNoWait(2);
        queue.Shutdown();
        queue.Shutdown();

        Assert.True(queue.IsShutDown);
        Assert.Throws<QueueShutDownException>(() => queue.Put(3, cancellationToken: Token));
        Assert.Throws<QueueShutDownException>(() => queue.PutNoWait(3));
        await Assert.ThrowsAsync<QueueShutDownException>(async () => await queue.PutAsync(3, cancellationToken: Token));
        Assert.False(queue.TryPut(3));
        Assert.Equal(2, queue.Count);

        queue.Get(cancellationToken: Token);
        queue.GetNoWait();
        QueueShutDownException ended = Assert.Throws<QueueShutDownException>(() => queue.Get(cancellationToken: Token));
        Assert.Contains(queue.ToString()!, ended.Message, StringComparison.Ordinal);
        Assert.Throws<QueueShutDownException>(() => queue.Get(Soon, Token));
        Assert.Throws<QueueShutDownException>(() => queue.Get(TimeSpan.Zero, Token));
        Assert.Throws<QueueShutDownException>(() => queue.GetNoWait());
        await Assert.ThrowsAsync<QueueShutDownException>(async () => await queue.GetAsync(cancellationToken: Token));
        await Assert.ThrowsAsync<QueueShutDownException>(async () => await queue.GetAsync(TimeSpan.Zero, Token));
        Assert.False(queue.TryGet(out _));
    }

    [Fact(Timeout = 120_000)]
    public void ShutdownImmediately_ThrowsAwayWhatIsThere()
    {
        using IQueue<int> queue = NewQueue();
        queue.PutNoWait(1);
        queue.Shutdown(immediate: true);

        Assert.True(queue.IsEmpty);
        Assert.Throws<QueueShutDownException>(() => queue.GetNoWait());
    }

    [Fact(Timeout = 120_000)]
    public void Dispose_EndsTheQueueAtOnce()
    {
        IQueue<int> queue = NewQueue();
        queue.PutNoWait(1);
        queue.Dispose();
        queue.Dispose();

        Assert.Equal((true, 0), (queue.IsShutDown, queue.Count));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Shutdown_WakesAllWhoWaitToGet(bool immediate)
    {
        using IQueue<int> queue = NewQueue();
        Task<int> blocked = Waits.Start(() => queue.Get(cancellationToken: Token));
        Task<int> awaiting = queue.GetAsync(cancellationToken: Token).AsTask();
        await queue.UntilWaitingAsync(2);

        queue.Shutdown(immediate);

        await Assert.ThrowsAsync<QueueShutDownException>(() => blocked);
        await Assert.ThrowsAsync<QueueShutDownException>(() => awaiting);
        await queue.UntilWaitingAsync(0);
    }

    [Fact(Timeout = 120_000)]
    public async Task ReadAll_GivesItemsUntilTheEnd()
    {
        using IQueue<int> queue = NewQueue();
        Task<int> sum = Waits.Start(() => queue.ReadAll(Token).Sum());
        for (int i = 1; i <= 100; i++)
        {
            queue.PutNoWait(i);
        }

        queue.Shutdown();
        Assert.Equal(5050, await sum);
        Assert.Empty(queue.ReadAll(Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task ReadAllAsync_IsSharedByItsReadersAndEnds()
    {
        using IQueue<int> queue = NewQueue();
        Task<int>[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(SumAsync, Token))];
        for (int i = 1; i <= 1000; i++)
        {
            queue.PutNoWait(i);
        }

        queue.Shutdown();
        Assert.Equal(500_500, (await Task.WhenAll(readers)).Sum());

        async Task<int> SumAsync()
        {
            int sum = 0;
            await foreach (int item in queue.ReadAllAsync(Token))
            {
                sum += item;
            }

            return sum;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task ReadAllAsync_WhenCancelled_EndsWithThat()
    {
        using IQueue<int> queue = NewQueue();
        using CancellationTokenSource source = new();
        await using IAsyncEnumerator<int> reader = queue.ReadAllAsync(source.Token).GetAsyncEnumerator(CancellationToken.None);
        Task<bool> next = reader.MoveNextAsync().AsTask();
        await queue.UntilWaitingAsync(1);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        queue.PutNoWait(1);
        Assert.Equal(1, queue.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task AContinuation_NeverRunsInsideThePut()
    {
        using IQueue<int> queue = NewQueue();
        using ThreadLocal<bool> isPutting = new();
        TaskCompletionSource<bool> ranInside = new();
        Task reader = ReadAsync();
        await queue.UntilWaitingAsync(1);

        isPutting.Value = true;
        queue.PutNoWait(1);
        isPutting.Value = false;

        Assert.False(await ranInside.Task);
        await reader;

        async Task ReadAsync()
        {
            await queue.GetAsync(cancellationToken: Token).ConfigureAwait(false);
            ranInside.SetResult(isPutting.Value);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AValueTask_AwaitedTwice_SaysSo(bool canBeCancelled)
    {
        using IQueue<int> queue = NewQueue();
        ValueTask<int> get = queue.GetAsync(cancellationToken: canBeCancelled ? Token : CancellationToken.None);
        queue.PutNoWait(1);
        Assert.Equal(1, await get);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await get);
    }

    [Fact(Timeout = 120_000)]
    public async Task GetAsync_WithoutTimeAndToken_WaitsForTheItemOrTheEnd()
    {
        using IQueue<int> queue = NewQueue();
        Task<int>[] gets = [.. Enumerable.Range(0, 4).Select(_ => queue.GetAsync(cancellationToken: CancellationToken.None).AsTask())];
        await queue.UntilWaitingAsync(4);
        queue.PutNoWait(1);
        queue.PutNoWait(2);
        queue.Shutdown();

        Assert.Equal((1, 2), (await gets[0], await gets[1]));
        await Assert.ThrowsAsync<QueueShutDownException>(() => gets[2]);
        await Assert.ThrowsAsync<QueueShutDownException>(() => gets[3]);
    }
}
