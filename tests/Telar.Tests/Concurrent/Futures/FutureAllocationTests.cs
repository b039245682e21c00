using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

public class FutureAllocationTests
{
    private const int Count = 1000;

    [Fact(Timeout = 120_000)]
    public void AFuture_IsOneObjectNotBiggerThanATask()
    {
        Future<int>[] futures = new Future<int>[Count];
        Task<int>[] tasks = new Task<int>[Count];
        long perFuture = Measure(i =>
        {
            futures[i] = new Future<int>();
            futures[i].TryRun();
            futures[i].TrySetResult(i);
        });
        long perTask = Measure(i => tasks[i] = Task.FromResult(i + 1_000_000));

        Assert.True(perFuture <= perTask * 3 / 2, $"A future takes {perFuture} bytes, a task {perTask}.");
    }

    [Fact(Timeout = 120_000)]
    public void ASourceWithItsFuture_TakesNoMoreThanATaskCompletionSource()
    {
        object[] keep = new object[Count];
        long perFuture = Measure(i =>
        {
            FutureSource<int> source = new();
            keep[i] = source;
            source.SetRunningOrNotifyCancel();
            source.SetResult(i);
            _ = source.Future.Result();
        });
        long perTask = Measure(i =>
        {
            TaskCompletionSource<int> source = new();
            keep[i] = source;
            source.SetResult(i);
            _ = source.Task.Result;
        });

        Assert.True(perFuture <= perTask * 3 / 2, $"A source with its future takes {perFuture} bytes, one with its task {perTask}.");
    }

    [Fact(Timeout = 120_000)]
    public void ReadingADoneFuture_AllocatesNothing()
    {
        FutureSource<int> source = new();
        source.SetResult(1);
        int sum = 0;
        long perRead = Measure(_ => sum += source.Future.Result() + (source.Future.IsDone ? 1 : 0));
        Assert.Equal(0, perRead);
        Assert.NotEqual(0, sum);
    }

    private static long Measure(Action<int> action)
    {
        // Twice: the first round compiles and fills caches.
        long bytes = 0;
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Count; i++)
            {
                action(i);
            }

            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return bytes / Count;
    }
}
