using Telar.Multiprocessing.Synchronize;
using Telar.Tests.Internal.Processes;
using Telar.Tests.Threading;
using Telar.Threading;
using Xunit;

namespace Telar.Tests.Multiprocessing.Synchronize;

using Telar.Multiprocessing;

[Collection(ChildProcessGroup.Name)]
public class ProcessBarrierTests
{
    public ProcessBarrierTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Barriers between processes need Linux.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Wait_ByThreadsAndAwaitsOfTwoProcesses_PassesAgainAndAgain()
    {
        const int Rounds = 50;
        int actions = 0;
        using Barrier barrier = new(4, () => actions++);
        SyncSegment other = Here.Other(barrier);
        Barrier theirs = new(other, () => actions++, null);
        int[] sums = new int[Rounds];
        Task[] threads = Gate.OnThreads(2, i =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                Interlocked.Add(ref sums[round], (i == 0 ? barrier : theirs).Wait(cancellationToken: Token));
            }
        });
        await Gate.AllAsync([.. threads, PassAsync(barrier), PassAsync(theirs)]);

        Assert.Equal(Rounds, actions);
        Assert.All(sums, static sum => Assert.Equal(0 + 1 + 2 + 3, sum));
        Assert.False(barrier.IsBroken);
        Assert.Equal((4, 0), (barrier.Parties, barrier.WaitingCount));
        other.Crash();

        async Task PassAsync(Barrier some)
        {
            for (int round = 0; round < Rounds; round++)
            {
                Interlocked.Add(ref sums[round], await some.WaitAsync(cancellationToken: Token));
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenTheTimeIsOver_BreaksTheBarrierForAll()
    {
        using Barrier barrier = new(3);
        Task thread = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == 1);

        BrokenBarrierException own = Assert.Throws<BrokenBarrierException>(() => barrier.Wait(TimeSpan.FromMilliseconds(2), Token));
        BrokenBarrierException others = await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.AllAsync(thread));

        Assert.Equal("Wait at Barrier: the others did not come in time. Reset makes it usable again.", own.Message);
        Assert.Contains("a party gave up", others.Message, StringComparison.Ordinal);
        Assert.True(barrier.IsBroken);
        Assert.Equal("Barrier (broken)", barrier.ToString());
        Assert.Throws<BrokenBarrierException>(() => barrier.Wait(cancellationToken: Token));
        barrier.Reset();
        Assert.False(barrier.IsBroken);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true, "Abort was called")]
    [InlineData(false, "Reset was called while this party waited")]
    public async Task AbortAndReset_SendTheWaitersAway(bool aborts, string reason)
    {
        using Barrier barrier = new(2);
        Task thread = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == 1);

        if (aborts)
        {
            barrier.Abort();
        }
        else
        {
            barrier.Reset();
        }

        BrokenBarrierException thrown = await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.AllAsync(thread));
        Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(aborts, barrier.IsBroken);
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenCancelled_BreaksTheBarrier()
    {
        using Barrier barrier = new(2);
        using CancellationTokenSource source = new();
        Task<int> awaiting = barrier.WaitAsync(cancellationToken: source.Token).AsTask();
        Gate.Until(() => barrier.WaitingCount == 1);

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.EndAsync(awaiting));
        Assert.True(barrier.IsBroken);
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenTheActionFails_BreaksTheBarrier()
    {
        using Barrier barrier = new(2, static () => throw new InvalidDataException("no"));
        Task thread = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == 1);

        Assert.Throws<InvalidDataException>(() => barrier.Wait(cancellationToken: Token));

        BrokenBarrierException thrown = await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.AllAsync(thread));
        Assert.Contains("its action failed", thrown.Message, StringComparison.Ordinal);
    }

    // Seen red: one that comes while the action runs, and breaks the cycle of those who have met.
    [Fact(Timeout = 120_000)]
    public async Task Wait_WhoComesDuringTheActionAndGivesUp_BreaksTheNextCycle()
    {
        using ManualResetEventSlim acts = new();
        using ManualResetEventSlim mayEnd = new();
        using Barrier barrier = new(2, () =>
        {
            acts.Set();
            mayEnd.Wait(Token);
        });
        Task<int> first = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == 1);
        Task<int> last = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        acts.Wait(Token);

        BrokenBarrierException thrown = Assert.Throws<BrokenBarrierException>(() => barrier.Wait(TimeSpan.FromMilliseconds(2), Token));
        mayEnd.Set();

        Assert.Equal((0, 1), (await Gate.EndAsync(first), await Gate.EndAsync(last)));
        Assert.Contains("the others did not come in time", thrown.Message, StringComparison.Ordinal);
        Assert.True(barrier.IsBroken);
        Assert.Throws<BrokenBarrierException>(() => barrier.Wait(cancellationToken: Token));
        barrier.Reset();
        Assert.False(barrier.IsBroken);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wait_WhenAProcessDies_SaysWhich(bool diesWhileItWaits)
    {
        using Barrier barrier = new(3);
        SyncSegment other = Here.Other(barrier);
        Task<int>? theirs = diesWhileItWaits ? new Barrier(other, null, null).WaitAsync(cancellationToken: Token).AsTask() : null;
        Task thread = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == (diesWhileItWaits ? 2 : 1));

        other.Crash();

        BrokenBarrierException thrown = await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.AllAsync(thread));
        Assert.Contains($"process {Environment.ProcessId}, which has this barrier, was killed or has crashed", thrown.Message, StringComparison.Ordinal);
        if (theirs is not null)
        {
            // The dead do not wait; the one that plays dead here has to be told.
            other.Close();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => Gate.EndAsync(theirs));
        }

        barrier.Reset();
        Task again = Gate.OnThread(() => barrier.Wait(cancellationToken: Token));
        Gate.Until(() => barrier.WaitingCount == 1);
        barrier.Abort();
        thrown = await Assert.ThrowsAsync<BrokenBarrierException>(() => Gate.AllAsync(again));
        Assert.Contains("Abort", thrown.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void OpenNamed_WithOtherParties_Throws()
    {
        string name = $"test {Guid.NewGuid():N}";
        using Barrier first = Barrier.OpenNamed(name, 1);
        Assert.Equal(0, first.Wait(cancellationToken: Token));
        Assert.Throws<ArgumentException>(() => Barrier.OpenNamed(name, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Barrier(0));
    }
}
