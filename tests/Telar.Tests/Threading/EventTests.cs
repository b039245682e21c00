using Xunit;

namespace Telar.Tests.Threading;

using Telar.Threading;

public class EventTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Set_AndClear_ChangeTheFlag()
    {
        Event flag = new("ready");
        Assert.False(flag.IsSet);
        Assert.Equal("Event 'ready' (unset)", flag.ToString());

        flag.Set();
        flag.Set();
        Assert.True(flag.IsSet);
        Assert.True(flag.Wait(cancellationToken: Token));
        Assert.Equal("Event 'ready' (set)", flag.ToString());

        flag.Clear();
        Assert.False(flag.IsSet);
        Assert.Equal("ready", flag.Name);
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenTheTimeIsOver_ReturnsFalse()
    {
        Event flag = new();

        Assert.False(flag.Wait(TimeSpan.Zero, Token));
        Assert.False(flag.Wait(TimeSpan.FromMilliseconds(2), Token));
        Assert.False(await flag.WaitAsync(TimeSpan.Zero, Token));
        Assert.False(await flag.WaitAsync(TimeSpan.FromMilliseconds(2), Token));

        Assert.Equal(0, flag.Statistics.WaitingCount);
        Assert.Equal(2, flag.Statistics.Waits);
        Assert.Throws<ArgumentOutOfRangeException>(() => flag.Wait(TimeSpan.FromTicks(-1), Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await flag.WaitAsync(TimeSpan.FromTicks(-1), Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_WhenCancelled_Throws()
    {
        Event flag = new();
        using CancellationTokenSource source = new();
        Task thread = Gate.OnThread(() => flag.Wait(cancellationToken: source.Token));
        Task<bool> waiter = flag.WaitAsync(cancellationToken: source.Token).AsTask();
        Gate.Until(() => flag.Statistics.WaitingCount == 2);

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.AllAsync(thread));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.EndAsync(waiter));
        flag.Set();
        Assert.ThrowsAny<OperationCanceledException>(() => flag.Wait(cancellationToken: source.Token));
        Assert.True(flag.WaitAsync(cancellationToken: source.Token).AsTask().IsCanceled);
    }

    // Red when a woken waiter returns what the flag says by then, and not how it was woken.
    [Fact(Timeout = 120_000)]
    public async Task Set_ThenClearAtOnce_WakesEverybodyWhoWaited()
    {
        const int Pulses = 500;
        Event flag = new();
        int woken = 0;

        // Who comes back before the flag is cleared finds it set: that is no wait.
        int cleared = 0;
        Task[] threads = Gate.OnThreads(3, _ =>
        {
            for (int i = 0; i < Pulses; i++)
            {
                Assert.True(flag.Wait(cancellationToken: Token));
                Interlocked.Increment(ref woken);
                Gate.Until(() => Volatile.Read(ref cleared) > i);
            }
        });
        Task waiter = Task.Run(
            async () =>
            {
                for (int i = 0; i < Pulses; i++)
                {
                    Assert.True(await flag.WaitAsync(cancellationToken: Token).ConfigureAwait(false));
                    Interlocked.Increment(ref woken);
                    Gate.Until(() => Volatile.Read(ref cleared) > i);
                }
            },
            Token);

        for (int pulse = 1; pulse <= Pulses; pulse++)
        {
            Gate.Until(() => flag.Statistics.WaitingCount == 4);
            flag.Set();
            flag.Clear();
            Volatile.Write(ref cleared, pulse);
            int all = 4 * pulse;
            Gate.Until(() => Volatile.Read(ref woken) == all);
        }

        await Gate.AllAsync([.. threads, waiter]);
    }

    // Red when TryQueue does not look at the flag once more.
    [Fact(Timeout = 120_000)]
    public async Task SetAndWait_AtTheSameMoment_LoseNothing()
    {
        Event flag = new();
        Event over = new();

        await Gate.RaceAsync(
            40_000,
            () =>
            {
                Assert.True(flag.Wait(TimeSpan.FromSeconds(5), Token), "Set was missed.");
                flag.Clear();
                over.Set();
            },
            () =>
            {
                flag.Set();
                Assert.True(over.Wait(TimeSpan.FromSeconds(5), Token));
                over.Clear();
            });
    }

    [Fact(Timeout = 120_000)]
    public async Task Wait_AndSet_BetweenTwoThreads_LosesNothing()
    {
        Event ping = new();
        Event pong = new();
        const int Rounds = 20_000;
        Task other = Gate.OnThread(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                ping.Wait(cancellationToken: Token);
                ping.Clear();
                pong.Set();
            }
        });

        await Gate.AllAsync(Gate.OnThread(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                ping.Set();
                pong.Wait(cancellationToken: Token);
                pong.Clear();
            }
        }));

        await Gate.AllAsync(other);
    }

    [Fact(Timeout = 120_000)]
    public void SetClearAndWait_AllocateNothing()
    {
        Event flag = new();

        Assert.Equal(0, Gate.Allocated(() =>
        {
            ValueTask<bool> waiter = flag.WaitAsync(cancellationToken: CancellationToken.None);
            flag.Set();
            Assert.True(waiter.Result);
            Assert.True(flag.Wait(cancellationToken: CancellationToken.None));
            flag.Clear();
        }));
        Assert.Equal(0, Gate.Allocated(() => flag.Wait(TimeSpan.FromTicks(1), CancellationToken.None), runs: 100));
    }
}
