using Xunit;

namespace Telar.Tests.Queues;

using Telar.Queues;

/// <summary>Threads that meet at the same moment, many times over. Each test names the mutations that it was seen red with.</summary>
public class QueueRaceTests
{
    private const int Rounds = 3000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Seen red with: a getter that looks before it takes the mutex and is listed without a second look (it sleeps for ever).</summary>
    [Fact(Timeout = 60_000)]
    public async Task APutAgainstAGet_WakesTheGetter()
    {
        using Queue<int> there = new();
        using Queue<int> back = new();
        Task echo = Waits.Start(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                back.PutNoWait(there.Get(cancellationToken: Token));
            }
        });
        for (int i = 0; i < Rounds; i++)
        {
            there.PutNoWait(i);
            Assert.Equal(i, i % 2 == 0 ? back.Get(cancellationToken: Token) : await back.GetAsync(cancellationToken: Token));
        }

        await echo;
    }

    /// <summary>
    /// Seen red with: TryWithdraw that says yes without looking whether the waiter is still listed (the item goes down with the wait).
    /// </summary>
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACancelAgainstAPut_EitherGetsTheItemOrLeavesIt(bool isAsync)
    {
        using Queue<int> queue = new();
        using Barrier barrier = new(2);
        CancellationTokenSource source = new();
        Task canceller = Waits.Start(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                barrier.SignalAndWait(Token);
                source.Cancel();
                barrier.SignalAndWait(Token);
            }
        });
        for (int i = 0; i < Rounds; i++)
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
    [Fact(Timeout = 60_000)]
    public async Task ACancelAgainstARoomThatComesFree_PutsOrDoesNot()
    {
        using Queue<int> queue = new(1);
        using Barrier barrier = new(2);
        CancellationTokenSource source = new();
        Task canceller = Waits.Start(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                barrier.SignalAndWait(Token);
                source.Cancel();
                barrier.SignalAndWait(Token);
            }
        });
        for (int i = 0; i < Rounds; i++)
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

    /// <summary>Seen red with: _unfinished counted outside the mutex with a plain decrement; joiners granted at each TaskDone.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Join_AgainstManyTaskDone_WakesAtTheLastOne()
    {
        using Queue<int> queue = new();
        for (int round = 0; round < 300; round++)
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

    /// <summary>Seen red with: a shutdown that sets its flag outside the mutex (a getter is listed after the refusals, and sleeps).</summary>
    [Fact(Timeout = 60_000)]
    public async Task AShutdownAgainstAGet_EndsIt()
    {
        for (int i = 0; i < Rounds; i++)
        {
            using Queue<int> queue = new();
            using Barrier barrier = new(2);
            Task<bool> get = Task.Run(async () =>
            {
                barrier.SignalAndWait(Token);
                try
                {
                    await queue.GetAsync(cancellationToken: Token);
                    return true;
                }
                catch (QueueShutDownException)
                {
                    return false;
                }
            }, Token);
            barrier.SignalAndWait(Token);
            queue.Shutdown();
            Assert.False(await get);
        }
    }
}
