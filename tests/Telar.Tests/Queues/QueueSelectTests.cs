using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

public class QueueSelectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Select_WhenSeveralHaveItems_TakesFromTheFirst()
    {
        using Queue<int> urgent = new();
        using SimpleQueue<int> normal = new();
        using PriorityQueue<int> last = new();
        normal.PutNoWait(2);
        last.PutNoWait(3);
        IQueue<int>[] queues = [urgent, normal, last];

        Assert.Equal(new QueueSelection<int>(1, normal, 2), Queue.Select(queues, cancellationToken: Token));
        Assert.Equal(new QueueSelection<int>(2, last, 3), await Queue.SelectAsync(queues, cancellationToken: Token));
        Assert.True(normal.IsEmpty && last.IsEmpty);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Select_WhenAllAreEmpty_WaitsForTheFirstItemAndTakesNoOther(bool isAsync)
    {
        using Queue<int> first = new();
        using Queue<int> second = new();
        Task<QueueSelection<int>> selection = Start(isAsync, [first, second]);
        await first.UntilWaitingAsync(1);
        await second.UntilWaitingAsync(1);

        second.PutNoWait(2);
        first.PutNoWait(1);
        second.PutNoWait(3);

        Assert.Equal(new QueueSelection<int>(1, second, 2), await selection);
        Assert.Equal((1, 1), (first.Count, second.Count));
        await first.UntilWaitingAsync(0);
    }

    [Fact(Timeout = 120_000)]
    public async Task Select_StandsInLineWithOtherGetters()
    {
        using Queue<int> queue = new();
        using Queue<int> other = new();
        Task<int> before = queue.GetAsync(cancellationToken: Token).AsTask();
        Task<QueueSelection<int>> selection = Start(isAsync: true, [queue, other]);
        await other.UntilWaitingAsync(1);
        Task<int> after = queue.GetAsync(cancellationToken: Token).AsTask();

        queue.PutNoWait(1);
        queue.PutNoWait(2);
        queue.PutNoWait(3);

        Assert.Equal((1, 2, 3), (await before, (await selection).Item, await after));
        await other.UntilWaitingAsync(0);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Select_WhenCancelledOrLate_TakesNothingAndLeavesNothingBehind(bool isAsync)
    {
        using Queue<int> first = new();
        using Queue<int> second = new();
        using CancellationTokenSource source = new();
        Task<QueueSelection<int>> cancelled = Start(isAsync, [first, second], null, source.Token);
        await second.UntilWaitingAsync(1);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Start(isAsync, [first, second], null, source.Token));
        await Assert.ThrowsAsync<QueueEmptyException>(() => Start(isAsync, [first, second], TimeSpan.FromMilliseconds(20)));
        await Assert.ThrowsAsync<QueueEmptyException>(() => Start(isAsync, [first, second], TimeSpan.Zero));

        await first.UntilWaitingAsync(0);
        await second.UntilWaitingAsync(0);
        first.PutNoWait(1);
        Assert.Equal(1, first.GetNoWait());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Select_PassesOverEndedQueuesAndEndsWithTheLast(bool isAsync)
    {
        using Queue<int> first = new();
        using Queue<int> second = new();
        first.Shutdown();
        Task<QueueSelection<int>> selection = Start(isAsync, [first, second]);
        await second.UntilWaitingAsync(1);
        second.PutNoWait(2);
        Assert.Equal(2, (await selection).Item);

        selection = Start(isAsync, [first, second]);
        await second.UntilWaitingAsync(1);
        second.Shutdown();
        await Assert.ThrowsAsync<QueueShutDownException>(() => selection);
        await Assert.ThrowsAsync<QueueShutDownException>(() => Start(isAsync, [first, second]));
        await Assert.ThrowsAsync<QueueShutDownException>(() => Start(isAsync, [first, second], TimeSpan.Zero));
    }

    [Fact(Timeout = 120_000)]
    public async Task Select_FromTheSameQueueTwice_TakesOneItem()
    {
        using Queue<int> queue = new();
        Task<QueueSelection<int>> selection = Start(isAsync: true, [queue, queue]);
        await queue.UntilWaitingAsync(2);
        queue.PutNoWait(1);
        queue.PutNoWait(2);

        Assert.Equal((0, 1), ((await selection).Index, (await selection).Item));
        Assert.Equal(1, queue.Count);
        await queue.UntilWaitingAsync(0);
    }

    [Fact(Timeout = 120_000)]
    public async Task Select_WithBadArguments_SaysWhich()
    {
        using Queue<int> queue = new();
        Assert.Throws<ArgumentNullException>("queues", () => { Queue.Select<int>(null!, cancellationToken: Token); });
        Assert.Throws<ArgumentException>("queues", () => { Queue.Select<int>([], cancellationToken: Token); });
        Assert.Contains("queue 1", Assert.Throws<ArgumentException>("queues", () => { Queue.Select([queue, null!], cancellationToken: Token); }).Message, StringComparison.OrdinalIgnoreCase);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("timeout", async () => await Queue.SelectAsync([queue], TimeSpan.FromSeconds(-3), Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Select_WhenAHookThrows_IsToldAndNothingIsLost()
    {
        PriorityQueueTests.Picky comparer = new();
        using PriorityQueue<PriorityQueueTests.Item> queue = new(comparer: comparer);
        using Queue<PriorityQueueTests.Item> other = new();
        queue.PutNoWait(new PriorityQueueTests.Item(1));
        queue.PutNoWait(new PriorityQueueTests.Item(2));
        queue.PutNoWait(new PriorityQueueTests.Item(3));
        comparer.Refuses = true;
        await Assert.ThrowsAsync<FormatException>(async () => await Queue.SelectAsync([other, queue], cancellationToken: Token));
        comparer.Refuses = false;
        Assert.Equal(3, queue.Count);
        Assert.Equal(1, (await Queue.SelectAsync([other, queue], cancellationToken: Token)).Item.Value);
    }

    /// <summary>
    /// Two selectors (one blocked, one awaiting, with tokens that are cancelled now and then), a plain getter, two putters. Seen red with:
    /// a TryClaim that always succeeds; an item taken out of its queue before the claim; a TryWithdraw without the compare-and-swap (a
    /// cancelled selection is still handed an item).
    /// </summary>
    [Fact(Timeout = 120_000)]
    public async Task Select_RacingWithPutsGetsAndCancels_LosesAndDoublesNothing()
    {
        const int each = 8_000;
        using Queue<int> first = new();
        using SimpleQueue<int> second = new();
        int[] seen = new int[2 * each];
        Task[] takers = [Waits.Start(SelectLoop), Task.Run(SelectLoopAsync, Token), Waits.Start(() => GetLoop(first))];
        Task[] putters = [Waits.Start(() => PutLoop(first, 0)), Waits.Start(() => PutLoop(second, each))];

        await Task.WhenAll(putters);
        first.Shutdown();
        second.Shutdown();
        await Task.WhenAll(takers);

        Assert.All(seen, count => Assert.Equal(1, count));

        void PutLoop(IQueue<int> queue, int start)
        {
            for (int i = 0; i < each; i++)
            {
                queue.PutNoWait(start + i);
                if (i % 64 == 0)
                {
                    Thread.Yield();
                }
            }
        }

        void GetLoop(IQueue<int> queue)
        {
            foreach (int item in queue.ReadAll(Token))
            {
                Interlocked.Increment(ref seen[item]);
            }
        }

        void SelectLoop()
        {
            for (int i = 0; ; i++)
            {
                using CancellationTokenSource source = new();
                try
                {
                    if (i % 3 == 0)
                    {
                        source.CancelAfter(TimeSpan.FromMilliseconds(1));
                    }

                    Interlocked.Increment(ref seen[Queue.Select([first, second], cancellationToken: source.Token).Item]);
                }
                catch (OperationCanceledException)
                {
                }
                catch (QueueShutDownException)
                {
                    return;
                }
            }
        }

        async Task SelectLoopAsync()
        {
            for (int i = 0; ; i++)
            {
                try
                {
                    TimeSpan timeout = i % 3 == 0 ? TimeSpan.FromMilliseconds(1) : Timeout.InfiniteTimeSpan;
                    Interlocked.Increment(ref seen[(await Queue.SelectAsync([second, first], timeout, Token)).Item]);
                }
                catch (QueueEmptyException)
                {
                }
                catch (QueueShutDownException)
                {
                    return;
                }
            }
        }
    }

    private static Task<QueueSelection<int>> Start(
        bool isAsync, IQueue<int>[] queues, TimeSpan? timeout = null, CancellationToken? cancellationToken = null) => isAsync
        ? Queue.SelectAsync(queues, timeout, cancellationToken ?? Token).AsTask()
        : Waits.Start(() => Queue.Select(queues, timeout, cancellationToken ?? Token));
}
