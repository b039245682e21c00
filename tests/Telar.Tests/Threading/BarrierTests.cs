using Xunit;

namespace Telar.Tests.Threading;

using Telar.Threading;

public class BarrierTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Constructor_ChecksItsArguments()
    {
        Assert.Equal("parties", Assert.Throws<ArgumentOutOfRangeException>(() => new Barrier(0)).ParamName);
        Assert.Equal("timeout", Assert.Throws<ArgumentOutOfRangeException>(() => new Barrier(1, null, TimeSpan.FromTicks(-1))).ParamName);
        Barrier barrier = new(3, name: "start");
        Assert.Equal((3, 0, false, "start"), (barrier.Parties, barrier.WaitingCount, barrier.IsBroken, barrier.Name));
        Assert.Equal("Barrier 'start' (0 of 3 parties are here)", barrier.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => barrier.Wait(TimeSpan.FromTicks(-1), Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_OfASingleParty_PassesAtOnce()
    {
        int actions = 0;
        Barrier barrier = new(1, () => actions++);

        Assert.Equal(0, barrier.Wait(cancellationToken: Token));
        Assert.Equal(0, barrier.Wait(TimeSpan.Zero, Token));
        Assert.Equal(0, await barrier.WaitAsync(cancellationToken: Token));

        Assert.Equal(3, actions);
    }

    // Red when the last party completes the others before it has run the action.
    [Fact(Timeout = 120_000)]
    public async Task Wait_GivesEachPartyItsNumber_AndRunsTheActionOnceBefore()
    {
        const int Parties = 4;
        const int Cycles = 500;
        int actions = 0;
        Barrier barrier = new(Parties, () => actions++);
        int[,] seen = new int[Cycles, Parties];

        void Check(int cycle, int number)
        {
            Assert.Equal(cycle + 1, Volatile.Read(ref actions));
            Interlocked.Increment(ref seen[cycle, number]);
        }

        Task[] threads = Gate.OnThreads(Parties - 1, _ =>
        {
            for (int cycle = 0; cycle < Cycles; cycle++)
            {
                Check(cycle, barrier.Wait(cancellationToken: Token));

                // The second meeting keeps the next cycle's action from running before all have checked.
                barrier.Wait(cancellationToken: Token);
                Interlocked.CompareExchange(ref actions, cycle + 1, cycle + 2);
                barrier.Wait(cancellationToken: Token);
                Interlocked.CompareExchange(ref actions, cycle + 1, cycle + 2);
            }
        });
        Task waiter = Task.Run(
            async () =>
            {
                for (int cycle = 0; cycle < Cycles; cycle++)
                {
                    Check(cycle, await barrier.WaitAsync(cancellationToken: Token).ConfigureAwait(false));
                    await barrier.WaitAsync(cancellationToken: Token).ConfigureAwait(false);
                    Interlocked.CompareExchange(ref actions, cycle + 1, cycle + 2);
                    await barrier.WaitAsync(cancellationToken: Token).ConfigureAwait(false);
                    Interlocked.CompareExchange(ref actions, cycle + 1, cycle + 2);
                }
            },
            Token);

        await Gate.AllAsync([.. threads, waiter]);

        foreach (int count in seen)
        {
            Assert.Equal(1, count);
        }

        Assert.Equal(0, barrier.WaitingCount);
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenTheTimeIsOver_BreaksTheBarrierForAll()
    {
        Barrier barrier = new(3);
        Task<int> other = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == 1);

        BrokenBarrierException own = Assert.Throws<BrokenBarrierException>(() => barrier.Wait(TimeSpan.FromMilliseconds(2), Token));

        Assert.Contains("the others did not come in time", own.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.EndAsync(other));
        Assert.True(barrier.IsBroken);
        Assert.Equal(0, barrier.WaitingCount);
        Assert.Throws<BrokenBarrierException>(() => barrier.Wait(cancellationToken: Token));
        await Assert.ThrowsAsync<BrokenBarrierException>(async () => await barrier.WaitAsync(cancellationToken: Token));
        Assert.Equal("Barrier (broken)", barrier.ToString());
        barrier.Reset();
        Assert.False(barrier.IsBroken);
        Assert.Throws<BrokenBarrierException>(() => barrier.Wait(TimeSpan.Zero, Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WithoutATimeout_TakesTheBarriersOwn()
    {
        Barrier barrier = new(2, timeout: TimeSpan.FromMilliseconds(2));

        Assert.Throws<BrokenBarrierException>(() => barrier.Wait(cancellationToken: Token));
        barrier.Reset();
        await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.EndAsync(barrier.WaitAsync(cancellationToken: Token).AsTask()));
        barrier.Reset();
        Task<int> patient = Gate.OnThread(() => barrier.Wait(Timeout.InfiniteTimeSpan, Token));
        Gate.Until(() => barrier.WaitingCount == 1);
        Assert.Equal(1, barrier.Wait(cancellationToken: Token));
        Assert.Equal(0, await Gate.EndAsync(patient));
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenCancelled_BreaksTheBarrier()
    {
        Barrier barrier = new(3);
        using CancellationTokenSource source = new();
        Task<int> other = barrier.WaitAsync(cancellationToken: Token).AsTask();
        Task cancelled = Gate.OnThread(() => { barrier.Wait(cancellationToken: source.Token); });
        Gate.Until(() => barrier.WaitingCount == 2);

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.AllAsync(cancelled));
        await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.EndAsync(other));
        Assert.True(barrier.IsBroken);
    }

    [Fact(Timeout = 120_000)]
    public void Wait_WhenCancelledBefore_HasNotCome()
    {
        Barrier barrier = new(2);
        CancellationToken cancelled = new(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(() => barrier.Wait(cancellationToken: cancelled));
        Assert.True(barrier.WaitAsync(cancellationToken: cancelled).AsTask().IsCanceled);

        Assert.Equal((0, false), (barrier.WaitingCount, barrier.IsBroken));
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenTheActionThrows_BreaksTheBarrierAndKeepsTheCause()
    {
        Barrier barrier = new(2, () => throw new FormatException("bad"));
        Task<int> other = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == 1);

        Assert.Throws<FormatException>(() => barrier.Wait(cancellationToken: Token));

        BrokenBarrierException thrown = await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.EndAsync(other));
        Assert.IsType<FormatException>(thrown.InnerException);
        Assert.True(barrier.IsBroken);
        Assert.IsType<FormatException>(Assert.Throws<BrokenBarrierException>(() => barrier.Wait(cancellationToken: Token)).InnerException);
    }

    [Fact(Timeout = 120_000)]
    public async Task Reset_SendsWaitersAway_AndTheBarrierIsNew()
    {
        Barrier barrier = new(2);
        Task<int> waiter = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == 1);

        barrier.Reset();

        BrokenBarrierException thrown = await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.EndAsync(waiter));
        Assert.Contains("Reset was called", thrown.Message, StringComparison.Ordinal);
        Assert.Equal((0, false), (barrier.WaitingCount, barrier.IsBroken));
        Task<int> next = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == 1);
        Assert.Equal(1, barrier.Wait(cancellationToken: Token));
        Assert.Equal(0, await Gate.EndAsync(next));
    }

    [Fact(Timeout = 120_000)]
    public async Task Abort_BreaksItUntilReset()
    {
        Barrier barrier = new(2);
        Task<int> waiter = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == 1);

        barrier.Abort();

        await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.EndAsync(waiter));
        Assert.True(barrier.IsBroken);
        Assert.Contains(
            "Abort was called", Assert.Throws<BrokenBarrierException>(() => barrier.Wait(cancellationToken: Token)).Message,
            StringComparison.Ordinal);
        barrier.Reset();
        Assert.False(barrier.IsBroken);
    }

    // Red when Come lets a party into the cycle whose action is running.
    [Fact(Timeout = 120_000)]
    public async Task Wait_WhileTheActionRuns_IsForTheNextCycle()
    {
        Event started = new();
        Event goOn = new();
        int actions = 0;
        Barrier barrier = new(2, () =>
        {
            if (actions++ == 0)
            {
                started.Set();
                goOn.Wait(cancellationToken: Token);
            }
        });
        Task<int>[] first = [.. Gate.OnThreads(2, _ => { }).Select(_ => Gate.OnThread(() => barrier.Wait(cancellationToken: Token)))];
        started.Wait(cancellationToken: Token);
        Assert.Equal(0, barrier.WaitingCount);
        Task<int> late = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Task<int> laterStill = barrier.WaitAsync(cancellationToken: Token).AsTask();
        Gate.Until(() => barrier.Statistics.WaitingCount == 2);
        Assert.All(first, party => Assert.False(party.IsCompleted));

        goOn.Set();

        Assert.Equal([0, 1], (await Gate.EndAsync(Task.WhenAll(first))).Order());
        Assert.Equal([0, 1], (await Gate.EndAsync(Task.WhenAll(late, laterStill))).Order());
        Assert.Equal(2, actions);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AbortOrReset_WhileTheActionRuns_SendsItsPartiesAway(bool reset)
    {
        Event started = new();
        Event goOn = new();
        Barrier barrier = new(2, () =>
        {
            started.Set();
            goOn.Wait(cancellationToken: Token);
        });
        Task<int>[] parties = [Gate.OnThread(() => barrier.Wait(cancellationToken: Token)), Gate.OnThread(() => barrier.Wait(cancellationToken: Token))];
        started.Wait(cancellationToken: Token);
        Task<int> late = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.Statistics.WaitingCount == 1);

        (reset ? (Action)barrier.Reset : barrier.Abort)();
        await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.EndAsync(late));
        goOn.Set();

        foreach (Task<int> party in parties)
        {
            await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.EndAsync(party));
        }

        Assert.Equal(!reset, barrier.IsBroken);
    }

    [Fact(Timeout = 120_000)]
    public void Wait_OfThreads_AllocatesNothing()
    {
        Barrier barrier = new(1, () => { });

        Assert.Equal(0, Gate.Allocated(() => barrier.Wait(cancellationToken: CancellationToken.None)));
    }
}
