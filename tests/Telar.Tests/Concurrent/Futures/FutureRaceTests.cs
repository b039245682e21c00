using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

/// <summary>
/// Threads that meet at the same moment, many times over. Each test was seen red: with the outcome written after the final state, without
/// the wait for Settling in Cancel, with the callbacks taken before the state is final, without the empty lock in EndSettle, and with a
/// waiter list that is added to without looking at _waiters again.
/// </summary>
public class FutureRaceTests
{
    private const int Rounds = 20_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public void SetResultAgainstCancel_OneWinsAndBothKnowWhich()
    {
        FutureSource<string> source = new();
        bool set = false;
        bool cancelled = false;
        Race(
            () => source = new FutureSource<string>(),
            () => set = source.TrySetResult("value"),
            () => cancelled = source.Future.Cancel(),
            () =>
            {
                Assert.True(set ^ cancelled, $"set {set}, cancelled {cancelled}: {source.Future}");
                Assert.Equal(cancelled, source.Future.IsCancelled);
            });
    }

    [Fact(Timeout = 60_000)]
    public void TwoCancels_BothAreTold()
    {
        FutureSource<int> source = new();
        bool first = false;
        bool second = false;
        Race(
            () => source = new FutureSource<int>(),
            () => first = source.Future.Cancel(),
            () => second = source.Future.Cancel(),
            () => Assert.True(first && second, $"first {first}, second {second}"));
    }

    [Fact(Timeout = 60_000)]
    public void StartAgainstCancel_OneWins()
    {
        FutureSource<int> source = new();
        bool started = false;
        bool cancelled = false;
        Race(
            () => source = new FutureSource<int>(),
            () => started = source.SetRunningOrNotifyCancel(),
            () => cancelled = source.Future.Cancel(),
            () => Assert.True(started ^ cancelled, $"started {started}, cancelled {cancelled}: {source.Future}"));
    }

    [Fact(Timeout = 60_000)]
    public void WhoeverSeesItDone_SeesTheResult()
    {
        FutureSource<string> source = new();
        string? seen = null;
        Race(
            () => source = new FutureSource<string>(),
            () => source.SetResult("value"),
            () =>
            {
                SpinWait.SpinUntil(() => source.Future.IsDone);
                seen = source.Future.Result();
            },
            () => Assert.Equal("value", seen));
    }

    [Fact(Timeout = 60_000)]
    public void CallbacksAddedWhileItEnds_RunOnceEach()
    {
        FutureSource<int> source = new();
        int[] calls = new int[4];
        Race(
            () =>
            {
                source = new FutureSource<int>();
                Array.Clear(calls);
                source.Future.AddDoneCallback(_ => Interlocked.Increment(ref calls[0]));
            },
            () => source.SetResult(1),
            () =>
            {
                for (int i = 1; i < calls.Length; i++)
                {
                    int own = i;
                    source.Future.AddDoneCallback(future => Interlocked.Add(ref calls[own], future.Result()));
                }
            },
            () => Assert.Equal([1, 1, 1, 1], calls));
    }

    [Fact(Timeout = 60_000)]
    public void CallbacksAddedByTwoThreads_RunOnceEach()
    {
        FutureSource<int> source = new();
        int calls = 0;
        void Add()
        {
            source.Future.AddDoneCallback(_ => Interlocked.Increment(ref calls));
            source.Future.AddDoneCallback(_ => Interlocked.Increment(ref calls));
        }

        Race(
            () =>
            {
                source = new FutureSource<int>();
                calls = 0;
            },
            Add,
            Add,
            () =>
            {
                source.SetResult(1);
                Assert.Equal(4, calls);
            });
    }

    [Fact(Timeout = 60_000)]
    public void WaitersThatComeAndGo_DoNotDisturbThoseThatStay()
    {
        FutureSource<int> source = new();
        int calls = 0;
        Race(
            () =>
            {
                source = new FutureSource<int>();
                calls = 0;
                source.Future.AddDoneCallback(_ => Interlocked.Increment(ref calls));
            },
            () =>
            {
                try
                {
                    source.Future.Result(TimeSpan.FromTicks(1), Token);
                }
                catch (TimeoutException)
                {
                }

                source.Future.AddDoneCallback(_ => Interlocked.Increment(ref calls));
            },
            () => source.SetResult(1),
            () => Assert.Equal(2, calls));
    }

    [Fact(Timeout = 60_000)]
    public async Task TasksMadeWhileItEnds_AllEnd()
    {
        FutureSource<int> source = new();
        Task<int>? task = null;
        List<Task<int>> tasks = [];
        Race(
            () => source = new FutureSource<int>(),
            () => source.SetResult(1),
            () => task = source.Future.AsTask(),
            () =>
            {
                Assert.Same(task, source.Future.AsTask());
                tasks.Add(task!);
            });
        Assert.Equal(Rounds, (await Task.WhenAll(tasks)).Sum());
    }

    [Fact(Timeout = 60_000)]
    public void ATokenThatFiresWhileTheCallEnds_HarmsNobody()
    {
        CancellationTokenSource cancel = new();
        ManualExecutor executor = new();
        Future<int>? future = null;
        Race(
            () =>
            {
                cancel.Dispose();
                cancel = new CancellationTokenSource();
                executor = new ManualExecutor();
                future = executor.Submit(() => 1, cancel.Token);
            },
            () => executor.Run(0),
            () => cancel.Cancel(),
            () => Assert.True(future!.IsDone));
        cancel.Dispose();
    }

    // Both actions are released together; a second thread is kept for all rounds, because starting one takes longer than the race.
    private static void Race(Action prepare, Action left, Action right, Action check)
    {
        using Barrier barrier = new(2);
        Exception? failure = null;
        Thread other = new(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                barrier.SignalAndWait(Token);
                try
                {
                    right();
                }
                catch (Exception exception)
                {
                    failure ??= exception;
                }

                barrier.SignalAndWait(Token);
            }
        });
        other.Start();
        Exception? mine = null;
        for (int i = 0; i < Rounds; i++)
        {
            if (mine is null)
            {
                prepare();
            }

            barrier.SignalAndWait(Token);
            try
            {
                left();
                barrier.SignalAndWait(Token);
                if (mine is null && failure is null)
                {
                    check();
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                mine ??= exception;
            }
        }

        other.Join();
        Assert.Null(mine ?? failure);
    }
}
