using Xunit;

namespace Telar.Tests.Concurrent.Futures.Waiting;

using Telar.Concurrent.Futures;
using Telar.Concurrent.Futures.Waiting;

public class ArrivalListTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Take_GivesArrivalsInTheOrderOfTheirComing()
    {
        ArrivalList<Future<int>> list = new();
        Add(list, 1, 2, 3);
        Assert.Equal(1, list.Take(Deadline.Never, Token)!.Result());
        Add(list, 4);
        Assert.Equal(2, list.Take(Deadline.Never, Token)!.Result());
        Assert.Equal(3, (await list.TakeAsync(Deadline.Never, Token))!.Result());
        Assert.Equal(4, (await list.TakeAsync(Deadline.Never, Token))!.Result());
    }

    [Fact(Timeout = 120_000)]
    public async Task Take_WhenTheTimeRunsOut_GivesNothingAndNothingIsLost()
    {
        ArrivalList<Future<int>> list = new();
        Assert.Null(list.Take(Deadline.After(TimeSpan.Zero), Token));
        Assert.Null(await list.TakeAsync(Deadline.After(TimeSpan.FromMilliseconds(1)), Token));

        Add(list, 1);

        Assert.Equal(1, list.Take(Deadline.After(TimeSpan.Zero), Token)!.Result());
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        Assert.ThrowsAny<OperationCanceledException>(() => { list.Take(Deadline.Never, cancelled.Token); });
        Add(list, 2);
        Assert.Equal(2, (await list.TakeAsync(Deadline.Never, Token))!.Result());
    }

    [Fact(Timeout = 120_000)]
    public async Task Take_OfAnEmptyList_IsWokenByTheNextArrival()
    {
        ArrivalList<Future<int>> list = new();
        for (int i = 0; i < 3; i++)
        {
            ValueTask<Future<int>?> taking = list.TakeAsync(Deadline.Never, Token);
            Assert.False(taking.IsCompleted);

            Add(list, i);

            Assert.Equal(i, (await taking)!.Result());
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Take_WhileManyThreadsAdd_GetsEachOnceAndKeepsTheOrderOfEachThread(bool awaits)
    {
        const int Threads = 3;
        const int Each = 20_000;
        ArrivalList<Future<int>> list = new();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                Add(list, (thread * Each) + i);
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());

        int[] next = [.. Enumerable.Range(0, Threads).Select(static thread => thread * Each)];
        for (int i = 0; i < Threads * Each; i++)
        {
            Future<int>? future = awaits ? await list.TakeAsync(Deadline.Never, Token) : list.Take(Deadline.Never, Token);
            int number = future!.Result();
            Assert.Equal(next[number / Each]++, number);
        }

        Assert.Null(list.Take(Deadline.After(TimeSpan.Zero), Token));
        Array.ForEach(threads, static thread => thread.Join());
    }

    private static void Add(ArrivalList<Future<int>> list, params int[] numbers)
    {
        foreach (int number in numbers)
        {
            Future<int> future = new();
            future.TrySetResult(number);
            list.Add(new Arrival<Future<int>>(future, list));
        }
    }
}
