using Xunit;

namespace Telar.Tests.Concurrent.Futures;

using Telar.Concurrent.Futures;

/// <summary>
/// Threads that meet at the same moment, many times over. Seen red with: the outcome written after the final state; no wait for Settling in
/// Cancel; a plain write in place of the compare-and-swap in TryBeginSettle and in SetRunningOrNotifyCancel; waiters taken before the state
/// is final; no empty lock in EndSettle; a waiter list that is added to without looking at _waiters again; a plain write of _task.
/// </summary>
public class FutureRaceTests
{
    private const int FewestRounds = 500;

    private static readonly TimeSpan s_timeForARace = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public void SetResultAgainstCancel_OneWinsAndBothKnowWhich() => RaceOverMany(
        source => source.TrySetResult("value"),
        source => source.Future.Cancel(),
        (source, set, cancelled) =>
        {
            Assert.True(set ^ cancelled, $"set {set}, cancelled {cancelled}: {source.Future}");
            Assert.Equal(cancelled, source.Future.IsCancelled);
        });

    [Fact(Timeout = 240_000)]
    public void TwoCancels_BothAreTold() => RaceOverMany(
        source => source.Future.Cancel(),
        source => source.Future.Cancel(),
        (_, first, second) => Assert.True(first && second, $"first {first}, second {second}"));

    [Fact(Timeout = 240_000)]
    public void StartAgainstCancel_OneWins() => RaceOverMany(
        source => source.SetRunningOrNotifyCancel(),
        source => source.Future.Cancel(),
        (source, started, cancelled) => Assert.True(started ^ cancelled, $"started {started}, cancelled {cancelled}: {source.Future}"));

    [Fact(Timeout = 240_000)]
    public void ACallbackThatRunsAtOnce_FindsTheFutureDone() => RaceOverMany(
        source => source.TrySetResult("value"),
        source =>
        {
            bool isDone = false;
            using ManualResetEventSlim called = new();
            source.Future.AddDoneCallback(future =>
            {
                isDone = future.IsDone && future.Result() == "value";
                called.Set();
            });
            called.Wait(Token);
            return isDone;
        },
        (_, set, foundItDone) => Assert.True(set && foundItDone));

    [Fact(Timeout = 240_000)]
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

    [Fact(Timeout = 240_000)]
    public void CallbacksAddedWhileItEnds_RunOnceEach()
    {
        FutureSource<int> source = new();
        int[] calls = new int[8];
        Race(
            () =>
            {
                source = new FutureSource<int>();
                Array.Clear(calls);
                source.Future.AddDoneCallback(_ => Interlocked.Increment(ref calls[0]));
                source.Future.AddDoneCallback(_ => Interlocked.Increment(ref calls[1]));
            },
            () => source.SetResult(1),
            () =>
            {
                for (int i = 2; i < calls.Length; i++)
                {
                    int own = i;
                    source.Future.AddDoneCallback(future => Interlocked.Add(ref calls[own], future.IsDone ? future.Result() : 100));
                }
            },
            () => Assert.All(calls, count => Assert.Equal(1, count)));
    }

    [Fact(Timeout = 240_000)]
    public void ACallbackAddedToAFullListWhileItEnds_RunsOnce()
    {
        // A list of 1024 is full, so adding to it takes a while.
        FutureSource<int> source = new();
        int calls = 0;
        Race(
            () =>
            {
                source = new FutureSource<int>();
                calls = 0;
                for (int i = 0; i < 1024; i++)
                {
                    source.Future.AddDoneCallback(_ => Interlocked.Increment(ref calls));
                }
            },
            () => source.SetResult(1),
            () => source.Future.AddDoneCallback(_ => Interlocked.Add(ref calls, 10_000)),
            () => Assert.Equal(11_024, calls),
            rounds: 2_000);
    }

    [Fact(Timeout = 240_000)]
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

    [Fact(Timeout = 240_000)]
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

    [Fact(Timeout = 240_000)]
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
        Assert.Equal(20_000, (await Task.WhenAll(tasks)).Sum());
    }

    [Theory(Timeout = 240_000)]
    [InlineData(false)]
    [InlineData(true)]
    public void TasksMadeByTwoThreads_AreTheSame(bool ofDoneFutures) => RaceOverMany(
        source => source.Future.AsTask(),
        source => source.Future.AsTask(),
        (_, first, second) => Assert.Same(first, second),
        source => _ = ofDoneFutures && source.TrySetResult("value"));

    [Fact(Timeout = 240_000)]
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

    // Over many futures in the same order the threads stay side by side, each waiting for the other's last write.
    private static void RaceOverMany<T>(
        Func<FutureSource<string>, T> left,
        Func<FutureSource<string>, T> right,
        Action<FutureSource<string>, T, T> check,
        Action<FutureSource<string>>? prepare = null)
    {
        FutureSource<string>[] sources = new FutureSource<string>[64];
        T[] lefts = new T[sources.Length];
        T[] rights = new T[sources.Length];
        Race(
            () =>
            {
                for (int i = 0; i < sources.Length; i++)
                {
                    sources[i] = new FutureSource<string>();
                    prepare?.Invoke(sources[i]);
                }
            },
            () =>
            {
                for (int i = 0; i < sources.Length; i++)
                {
                    lefts[i] = left(sources[i]);
                }
            },
            () =>
            {
                for (int i = 0; i < sources.Length; i++)
                {
                    rights[i] = right(sources[i]);
                }
            },
            () =>
            {
                for (int i = 0; i < sources.Length; i++)
                {
                    check(sources[i], lefts[i], rights[i]);
                }
            },
            rounds: 4_000);
    }

    // Both threads are released together, one of them a little later each round, so that every order of their steps comes up. Where
    // others keep the processors busy, each meeting takes a turn of the system's scheduler: then there are as many rounds as time allows.
    private static void Race(Action prepare, Action left, Action right, Action check, int rounds = 20_000)
    {
        Exception? failure = null;
        long begun = TimeProvider.System.GetTimestamp();
        bool isOver = false;
        int arrived = 0;
        void Meet(int meeting)
        {
            Interlocked.Increment(ref arrived);
            SpinWait spinner = default;
            while (Volatile.Read(ref arrived) < 2 * meeting)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
            }
        }

        void Try(Action action)
        {
            try
            {
                if (Volatile.Read(ref failure) is null)
                {
                    action();
                }
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        }

        void Run(bool isLeft)
        {
            for (int i = 0; i < rounds && !isOver; i++)
            {
                if (isLeft)
                {
                    Try(prepare);
                }

                Meet((3 * i) + 1);
                int late = (i % 64) - 32;
                Thread.SpinWait(isLeft ? late : -late);
                Try(isLeft ? left : right);
                Meet((3 * i) + 2);
                if (isLeft)
                {
                    Try(check);
                    isOver = i >= FewestRounds && TimeProvider.System.GetElapsedTime(begun) > s_timeForARace;
                }

                Meet((3 * i) + 3);
            }
        }

        Thread other = new(() => Run(isLeft: false));
        other.Start();
        Run(isLeft: true);
        other.Join();
        Assert.Null(failure);
    }
}
