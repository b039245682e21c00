using Telar.Internal.Waiting;
using Telar.Tests.Threading;
using Xunit;

namespace Telar.Tests.Internal.Waiting;

public class WaitingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Kinds => OperatingSystem.IsLinux() ? [true, false] : [false];

    // Red when Unpark wakes a sleeper but leaves no permit for one who is about to sleep.
    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public void Park_WithAPermit_ReturnsAtOnce(bool futex)
    {
        Parker parker = Create(futex);
        parker.Unpark();
        parker.Unpark();

        parker.Park(WaitDeadline.Never);
        parker.Park(WaitDeadline.After(TimeSpan.FromMilliseconds(2)));
        parker.Park(WaitDeadline.After(TimeSpan.Zero));
        parker.Leave();
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Kinds))]
    public async Task ParkAndUnpark_LoseNoPermit(bool futex)
    {
        const int Rounds = 20_000;
        int turn = 0;
        TaskCompletionSource<Parker>[] parkers = [new(), new()];

        await Gate.AllAsync(Gate.OnThreads(2, side =>
        {
            Parker own = Create(futex);
            parkers[side].SetResult(own);
            Parker other = parkers[1 - side].Task.Result;
            for (int i = 0; i < Rounds; i++)
            {
                while (Volatile.Read(ref turn) != side)
                {
                    own.Park(WaitDeadline.Never);
                }

                Volatile.Write(ref turn, 1 - side);
                other.Unpark();
            }
        }));
    }

    [Fact(Timeout = 120_000)]
    public async Task Park_InAMonitor_PutsAnInterruptionOff()
    {
        MonitorParker? parker = null;
        System.Threading.Thread? thread = null;
        Task<bool> parked = Gate.OnThread(() =>
        {
            MonitorParker own = new();
            thread = System.Threading.Thread.CurrentThread;
            Volatile.Write(ref parker, own);
            own.Park(WaitDeadline.Never);
            own.Leave();
            try
            {
                new object().Equals(null);
                using ManualResetEventSlim never = new();
                never.Wait(Token);
                return false;
            }
            catch (ThreadInterruptedException)
            {
                return true;
            }
        });
        Gate.Until(() => Volatile.Read(ref parker) is not null && thread!.ThreadState.HasFlag(ThreadState.WaitSleepJoin));

        thread!.Interrupt();

        Assert.True(await Gate.EndAsync(parked));
    }

    [Fact(Timeout = 120_000)]
    public void Deadline_CountsFromNowAndRefusesNegatives()
    {
        Assert.True(WaitDeadline.After(null).IsNever);
        Assert.True(WaitDeadline.After(Timeout.InfiniteTimeSpan).IsNever);
        Assert.True(WaitDeadline.After(TimeSpan.MaxValue).IsNever);
        Assert.Equal(Timeout.InfiniteTimeSpan, WaitDeadline.Never.Remaining);
        Assert.True(WaitDeadline.After(TimeSpan.Zero) is { IsZero: true, IsOver: true });
        WaitDeadline hour = WaitDeadline.After(TimeSpan.FromHours(1));
        Assert.False(hour.IsOver);
        Assert.InRange(hour.Remaining, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        TimeSpan? wait = TimeSpan.FromSeconds(-3);
        Assert.Equal("wait", Assert.Throws<ArgumentOutOfRangeException>(() => WaitDeadline.After(wait)).ParamName);
    }

    [Fact(Timeout = 120_000)]
    public void Queue_KeepsTheOrderAndTakesOutFromAnywhere()
    {
        Owner owner = new();
        AsyncWaiter[] waiters = [.. Enumerable.Range(0, 5).Select(_ => AsyncWaiter.Rent(owner))];
        WaitQueue queue = default;
        Assert.True(queue.IsEmpty);
        Assert.Null(queue.TakeFirst());
        Assert.Null(queue.TakeAll());
        queue.Append(waiters[1]);
        queue.Append(waiters[2]);
        queue.Append(waiters[3]);
        queue.Prepend(waiters[0]);
        Assert.Equal(4, queue.Count);

        Assert.True(queue.TryRemove(waiters[2]));
        Assert.False(queue.TryRemove(waiters[2]));
        Assert.Same(waiters[0], queue.TakeFirst());
        queue.Append(waiters[4]);

        Waiter? chain = queue.TakeAll(2);
        Assert.Same(waiters[1], chain);
        Assert.Same(waiters[3], chain!.Next);
        Assert.Null(chain.Next!.Next);
        Assert.Same(waiters[4], queue.First);
        Assert.True(queue.TryRemove(waiters[4]));
        Assert.True(queue is { IsEmpty: true, Count: 0 });
        Assert.All(waiters, waiter => Assert.False(waiter.IsQueued));
    }

    [Fact(Timeout = 120_000)]
    public async Task AsyncWaiter_AwaitedTwice_IsRefused()
    {
        Owner owner = new();
        AsyncWaiter waiter = AsyncWaiter.Rent(owner);
        ValueTask<bool> task = waiter.Task;
        waiter.Complete(WaitOutcome.Granted);

        Assert.True(await task);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await task);
    }

    [Fact(Timeout = 120_000)]
    public async Task AsyncWaiter_WhenWithdrawnTooLate_KeepsWhatItWasGiven()
    {
        Owner owner = new() { MayWithdraw = false };
        using CancellationTokenSource source = new();
        AsyncWaiter waiter = AsyncWaiter.Rent(owner);
        ValueTask<bool> task = waiter.Task;
        waiter.Arm(WaitDeadline.After(TimeSpan.FromMilliseconds(1)), source.Token);
        source.Cancel();
        Gate.Until(() => owner.Asked >= 2);
        Assert.False(task.IsCompleted);

        waiter.Complete(WaitOutcome.Granted);

        Assert.True(await task);
    }

    // Red when Recycle reuses a waiter whose token's callback has begun: it would cancel somebody else's wait.
    [Fact(Timeout = 120_000)]
    public async Task AsyncWaiter_WhoseTokensCallbackStillRuns_IsNotReused()
    {
        using ManualResetEventSlim goOn = new();
        Owner owner = new() { MayWithdraw = false, GoOn = goOn };
        using CancellationTokenSource source = new();
        AsyncWaiter waiter = AsyncWaiter.Rent(owner);
        ValueTask<bool> task = waiter.Task;
        waiter.Arm(WaitDeadline.Never, source.Token);
        Task cancelling = Gate.OnThread(source.Cancel);
        Gate.Until(() => owner.Asked == 1);

        waiter.Complete(WaitOutcome.Granted);
        Assert.True(await task);

        AsyncWaiter[] next = [.. Enumerable.Range(0, 100).Select(_ => AsyncWaiter.Rent(owner))];
        goOn.Set();
        await Gate.AllAsync(cancelling);
        Assert.DoesNotContain(waiter, next);
    }

    // Red when Sleep gives up though TryWithdraw said no.
    [Fact(Timeout = 120_000)]
    public async Task ThreadWaiter_WhenWithdrawnTooLate_KeepsWhatItWasGiven()
    {
        Owner owner = new() { MayWithdraw = false };
        ThreadWaiter? waiter = null;
        Task<WaitOutcome> waiting = Gate.OnThread(() =>
        {
            ThreadWaiter own = ThreadWaiter.Rent(owner);
            Volatile.Write(ref waiter, own);
            WaitOutcome outcome = own.Wait(WaitDeadline.After(TimeSpan.FromMilliseconds(1)), Token);
            own.Return();
            return outcome;
        });
        Gate.Until(() => owner.Asked == 1);

        Volatile.Read(ref waiter)!.Complete(WaitOutcome.Granted);

        Assert.Equal(WaitOutcome.Granted, await Gate.EndAsync(waiting));
    }

    [Fact(Timeout = 120_000)]
    public void ThreadWaiter_RentedInsideOfAWait_IsAnother()
    {
        Owner owner = new();
        ThreadWaiter outer = ThreadWaiter.Rent(owner);
        ThreadWaiter inner = ThreadWaiter.Rent(owner);

        Assert.NotSame(outer, inner);

        inner.Return();
        outer.Return();
        Assert.Same(outer, ThreadWaiter.Rent(owner));
        outer.Return();
    }

    [Fact(Timeout = 120_000)]
    public void SpinGuide_AfterMisses_SpinsSeldom()
    {
        Assert.SkipWhen(SpinGuide.HasOneProcessor, "One processor never spins.");
        SpinGuide guide = default;
        Assert.True(guide.ShouldSpin());
        for (int i = 0; i < 3; i++)
        {
            guide.Report(success: false);
        }

        Assert.InRange(Enumerable.Range(0, 160).Count(_ => guide.ShouldSpin()), 8, 12);
        guide.Report(success: true);
        Assert.True(guide.ShouldSpin());
    }

    private static Parker Create(bool futex) => futex ? new FutexParker() : new MonitorParker();

    private sealed class Owner : IWaitOwner
    {
        private int _asked;

        public bool MayWithdraw { get; init; } = true;

        /// <summary>What to wait for inside, if anything.</summary>
        public ManualResetEventSlim? GoOn { get; init; }

        public int Asked => Volatile.Read(ref _asked);

        public bool TryWithdraw(Waiter waiter)
        {
            Interlocked.Increment(ref _asked);
            GoOn?.Wait(Token);
            return MayWithdraw;
        }
    }
}
