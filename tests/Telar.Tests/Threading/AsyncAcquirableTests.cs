using Xunit;

namespace Telar.Tests.Threading;

using Telar.Threading;

/// <summary>What holds for everything that can be acquired by an await.</summary>
public abstract class AsyncAcquirableTests : AcquirableTests
{
    private protected abstract IAsyncAcquirable CreateAsync();

    private protected sealed override IAcquirable Create() => CreateAsync();

    [Fact(Timeout = 120_000)]
    public async Task AcquireAsync_WhenFree_IsDoneAtOnce()
    {
        IAsyncAcquirable acquirable = CreateAsync();

        ValueTask<bool> acquired = acquirable.AcquireAsync(cancellationToken: Token);

        Assert.True(acquired.IsCompletedSuccessfully);
        Assert.True(await acquired);
        Assert.True(acquirable.IsLocked);
        acquirable.Release();
    }

    [Fact(Timeout = 120_000)]
    public async Task AcquireAsync_WhenHeld_IsDoneAfterTheRelease_AndAnotherThreadMayRelease()
    {
        IAsyncAcquirable acquirable = CreateAsync();
        acquirable.Acquire(cancellationToken: Token);
        Task<bool> waiter = acquirable.AcquireAsync(cancellationToken: Token).AsTask();
        Assert.Equal(1, WaitingAt(acquirable));
        Assert.False(waiter.IsCompleted);

        await Gate.AllAsync(Gate.OnThread(acquirable.Release));

        Assert.True(await Gate.EndAsync(waiter));
        Assert.True(acquirable.IsLocked);
        acquirable.Release();
        Assert.False(acquirable.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public async Task AcquireAsync_WhenTheTimeIsOver_ReturnsFalseAndTakesNothing()
    {
        IAsyncAcquirable acquirable = CreateAsync();
        acquirable.Acquire(cancellationToken: Token);

        Assert.False(await acquirable.AcquireAsync(TimeSpan.Zero, Token));
        Assert.False(await Gate.EndAsync(acquirable.AcquireAsync(TimeSpan.FromMilliseconds(5), Token).AsTask()));

        Assert.Equal(0, WaitingAt(acquirable));
        acquirable.Release();
        Assert.False(acquirable.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public async Task AcquireAsync_WhenCancelled_IsCancelledAndTakesNothing()
    {
        IAsyncAcquirable acquirable = CreateAsync();
        acquirable.Acquire(cancellationToken: Token);
        using CancellationTokenSource source = new();
        Task<bool> waiter = acquirable.AcquireAsync(cancellationToken: source.Token).AsTask();

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Gate.EndAsync(waiter));
        Assert.True(waiter.IsCanceled);
        Assert.Equal(0, WaitingAt(acquirable));
        acquirable.Release();
        ValueTask<bool> refused = acquirable.AcquireAsync(cancellationToken: source.Token);
        Assert.True(refused.IsCanceled);
        Assert.False(acquirable.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public async Task AcquireAsync_WithANegativeTimeout_IsRefusedAtTheCall()
    {
        IAsyncAcquirable acquirable = CreateAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await acquirable.AcquireAsync(TimeSpan.FromTicks(-1), Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await acquirable.EnterAsync(TimeSpan.FromTicks(-1), Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task EnterAsync_ReleasesAtTheEndOfTheScope_AndSaysWhenTheTimeIsOver()
    {
        IAsyncAcquirable acquirable = CreateAsync();
        using (await acquirable.EnterAsync(cancellationToken: Token))
        {
            Assert.True(acquirable.IsLocked);
            await Assert.ThrowsAsync<TimeoutException>(async () => await acquirable.EnterAsync(TimeSpan.Zero, Token));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await acquirable.EnterAsync(cancellationToken: new CancellationToken(canceled: true)));
        }

        Assert.False(acquirable.IsLocked);
    }

    [Fact(Timeout = 120_000)]
    public async Task Release_WhenAnAwaitGoesOn_RunsNothingOfItInside()
    {
        IAsyncAcquirable acquirable = CreateAsync();
        acquirable.Acquire(cancellationToken: Token);
        int releaser = 0;
        Task<int> waiter = Task.Run(
            async () =>
            {
                await acquirable.AcquireAsync(cancellationToken: Token).ConfigureAwait(false);
                return Environment.CurrentManagedThreadId;
            },
            Token);
        Gate.Until(() => WaitingAt(acquirable) == 1);

        await Gate.AllAsync(Gate.OnThread(() =>
        {
            releaser = Environment.CurrentManagedThreadId;
            acquirable.Release();

            // Still here: the continuation cannot have this thread.
            Gate.Until(() => waiter.IsCompleted);
        }));

        Assert.NotEqual(releaser, await waiter);
    }

    // A mixture for what nobody has thought of: the single rules have tests of their own, which name their mutants.
    [Fact(Timeout = 120_000)]
    public async Task AcquireAsync_WithThreadsAwaitsAndCancellations_LosesNothing()
    {
        IAsyncAcquirable acquirable = CreateAsync();
        int inside = 0;
        bool alone = true;

        async Task WorkAsync(int seed)
        {
            Random random = new(seed);
            for (int n = 0; n < 1500; n++)
            {
                using CancellationTokenSource source = new();
                ValueTask<bool> acquiring = n % 3 == 0
                    ? acquirable.AcquireAsync(cancellationToken: source.Token)
                    : acquirable.AcquireAsync(n % 31 == 0 ? TimeSpan.FromMilliseconds(1) : null, CancellationToken.None);
                if (n % 3 == 0 && random.Next(2) == 0)
                {
                    source.Cancel();
                }

                try
                {
                    if (!await acquiring.ConfigureAwait(false))
                    {
                        continue;
                    }
                }
                catch (OperationCanceledException)
                {
                    Assert.True(source.IsCancellationRequested, "Cancelled by the token of another wait.");
                    continue;
                }

                alone &= ++inside == 1;
                inside--;
                acquirable.Release();
            }
        }

        Task[] awaits = [.. Enumerable.Range(0, 6).Select(i => Task.Run(() => WorkAsync(i), Token))];
        Task[] threads = Gate.OnThreads(2, _ =>
        {
            for (int n = 0; n < 1500; n++)
            {
                acquirable.Acquire(cancellationToken: Token);
                alone &= ++inside == 1;
                inside--;
                acquirable.Release();
            }
        });
        await Gate.AllAsync([.. awaits, .. threads]);

        Assert.True(alone);
        Assert.False(acquirable.IsLocked);
        Assert.Equal(0, WaitingAt(acquirable));
    }

    [Fact(Timeout = 120_000)]
    public void AcquireAsync_WhenFree_AllocatesNothing()
    {
        IAsyncAcquirable acquirable = CreateAsync();

        Assert.Equal(0, Gate.Allocated(() =>
        {
            ValueTask<bool> acquired = acquirable.AcquireAsync(cancellationToken: CancellationToken.None);
            Assert.True(acquired.IsCompletedSuccessfully && acquired.Result);
            acquirable.Release();
        }));
    }

    [Fact(Timeout = 120_000)]
    public void AcquireAsync_WhenItWaits_AllocatesNothing()
    {
        IAsyncAcquirable acquirable = CreateAsync();
        acquirable.Acquire(cancellationToken: CancellationToken.None);

        // The release hands over, so that the next turn finds it held again. Waiters are kept for all locks together: a test beside this
        // one may take a few away, but not one for each of 1000 turns.
        long bytes = Gate.Allocated(() =>
        {
            ValueTask<bool> waiter = acquirable.AcquireAsync(cancellationToken: CancellationToken.None);
            acquirable.Release();
            Assert.True(waiter.Result);
        });
        Assert.InRange(bytes, 0, 10_000);
    }
}
