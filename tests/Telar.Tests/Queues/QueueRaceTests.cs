using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

/// <summary>Threads that meet at the same moment, many times over. Each test names the mutations that it was seen red with.</summary>
public class QueueRaceTests
{
    private const int Rounds = 10_000;
    private const int BarrierRounds = 1_500;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Seen red with: GetOrEnlist that lists its waiter without a second look under the mutex, and pauses a microsecond before (the
    /// getter sleeps beside an item).
    /// </summary>
    [Fact(Timeout = 240_000)]
    public async Task APutAgainstAGet_WakesTheGetter()
    {
        using Queue<int> queue = new();
        Task<int> get = Task.FromResult(0);
        await TogetherAsync(
            i => get = queue.GetAsync(cancellationToken: Token).AsTask(),
            queue.PutNoWait,
            async i => Assert.Equal(i, await get));
    }

    /// <summary>
    /// Seen red with: a TryWithdraw that says yes without looking whether the waiter is still listed (the item goes down with the wait).
    /// </summary>
    [Theory(Timeout = 240_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACancelAgainstAPut_EitherGetsTheItemOrLeavesIt(bool isAsync)
    {
        using Queue<int> queue = new();
        using Barrier barrier = new(2);
        CancellationTokenSource source = new();
        Task canceller = Waits.Start(() =>
        {
            for (int i = 0; i < BarrierRounds; i++)
            {
                barrier.SignalAndWait(Token);
                source.Cancel();
                barrier.SignalAndWait(Token);
            }
        });
        for (int i = 0; i < BarrierRounds; i++)
        {
            source = new CancellationTokenSource();
            Task<int> get = isAsync
                ? queue.GetAsync(cancellationToken: source.Token).AsTask()
                : Waits.Start(() => queue.Get(cancellationToken: source.Token));
            await queue.UntilWaitingAsync(1);
            barrier.SignalAndWait(Token);
            queue.PutNoWait(i);
            barrier.SignalAndWait(Token);

            int taken;
            try
            {
                taken = await get;
                Assert.True(queue.IsEmpty);
            }
            catch (OperationCanceledException)
            {
                taken = queue.GetNoWait();
            }

            Assert.Equal(i, taken);
            source.Dispose();
        }

        await canceller;
    }

    /// <summary>Seen red with: a putter that is withdrawn after its item was stored, and says that it was not put.</summary>
    [Fact(Timeout = 240_000)]
    public async Task ACancelAgainstARoomThatComesFree_PutsOrDoesNot()
    {
        using Queue<int> queue = new(1);
        using Barrier barrier = new(2);
        CancellationTokenSource source = new();
        Task canceller = Waits.Start(() =>
        {
            for (int i = 0; i < BarrierRounds; i++)
            {
                barrier.SignalAndWait(Token);
                source.Cancel();
                barrier.SignalAndWait(Token);
            }
        });
        for (int i = 0; i < BarrierRounds; i++)
        {
            source = new CancellationTokenSource();
            queue.PutNoWait(-1);
            Task put = queue.PutAsync(i, cancellationToken: source.Token).AsTask();
            barrier.SignalAndWait(Token);
            Assert.Equal(-1, queue.GetNoWait());
            barrier.SignalAndWait(Token);

            bool isPut = await put.ContinueWith(task => task.IsCompletedSuccessfully, Token, TaskContinuationOptions.None, TaskScheduler.Default);
            Assert.Equal(isPut, queue.TryGet(out int item));
            Assert.Equal(isPut ? i : 0, item);
            source.Dispose();
        }

        await canceller;
        Assert.Equal(0, queue.Count);
    }

    /// <summary>Seen red with: joiners granted at each TaskDone; joiners granted when nothing is stored any more.</summary>
    [Fact(Timeout = 240_000)]
    public async Task Join_AgainstManyTaskDone_WakesAtTheLastOne()
    {
        using Queue<int> queue = new();
        for (int round = 0; round < 100; round++)
        {
            const int items = 20;
            for (int i = 0; i < items; i++)
            {
                queue.PutNoWait(i);
            }

            int done = 0;
            Task<bool> join = queue.JoinAsync(cancellationToken: Token).AsTask();
            Task[] workers = [Waits.Start(Work), Waits.Start(Work)];
            Assert.True(await join);
            Assert.Equal(items, Volatile.Read(ref done));
            await Task.WhenAll(workers);

            void Work()
            {
                while (queue.TryGet(out _))
                {
                    Interlocked.Increment(ref done);
                    queue.TaskDone();
                }
            }
        }
    }

    /// <summary>Seen red with: TaskDone that counts without the mutex.</summary>
    [Fact(Timeout = 240_000)]
    public async Task TaskDone_ByTwoThreads_CountsEachCall()
    {
        const int each = 2_000_000;
        using Barrier barrier = new(2);
        using Queue<int> queue = new();
        int[] items = new int[2 * each];
        for (int i = 0; i < items.Length; i++)
        {
            queue.PutNoWait(i);
        }

        Assert.Equal(items.Length, queue.TryGetMany(items));
        Task<bool> join = queue.JoinAsync(cancellationToken: Token).AsTask();
        await Task.WhenAll(Waits.Start(Work), Waits.Start(Work));

        Assert.Equal(0, queue.UnfinishedCount);
        Assert.True(await join);

        void Work()
        {
            barrier.SignalAndWait(Token);
            for (int i = 0; i < each; i++)
            {
                queue.TaskDone();
            }
        }
    }

    /// <summary>
    /// Seen red with: a shutdown that sets its flag a microsecond after it has left the mutex (a getter is listed after the
    /// refusals).
    /// </summary>
    [Fact(Timeout = 240_000)]
    public async Task AShutdownAgainstAGet_EndsIt()
    {
        Queue<int>[] queues = [.. Enumerable.Range(0, Rounds).Select(_ => new Queue<int>())];
        Task<int> get = Task.FromResult(0);
        await TogetherAsync(
            i => get = queues[i].GetAsync(cancellationToken: Token).AsTask(),
            i => queues[i].Shutdown(),
            async _ => await Assert.ThrowsAsync<QueueShutDownException>(() => get));
    }

    /// <summary>Runs both on threads of their own at the same moment, give or take a little that is another each round.</summary>
    private static async Task TogetherAsync(Action<int> first, Action<int> second, Func<int, Task> check)
    {
        int arrived = 0;
        int checkedRounds = 0;
        Task other = Waits.Start(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                Meet(i);
                Thread.SpinWait(i % 32);
                second(i);
                while (Volatile.Read(ref checkedRounds) <= i)
                {
                    Token.ThrowIfCancellationRequested();
                    Thread.Yield();
                }
            }
        });
        for (int i = 0; i < Rounds; i++)
        {
            Meet(i);
            Thread.SpinWait(i / 32 % 32);
            first(i);
            await check(i);
            Volatile.Write(ref checkedRounds, i + 1);
        }

        await other;

        void Meet(int round)
        {
            Interlocked.Increment(ref arrived);
            for (int spins = 0; Volatile.Read(ref arrived) < 2 * (round + 1); spins++)
            {
                Token.ThrowIfCancellationRequested();
                if (spins > 1000)
                {
                    Thread.Yield();
                }
            }
        }
    }
}
