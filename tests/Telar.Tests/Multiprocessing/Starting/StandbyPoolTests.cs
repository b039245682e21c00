using System.Threading.Channels;
using Telar.Multiprocessing.Starting;

namespace Telar.Tests.Multiprocessing.Starting;

/// <summary>
/// Which standbys are made, kept, handed out and dropped; without a process. Seen red without each of: the look at the generation, at the
/// size, at whether it has ended; the reset of the failures.
/// </summary>
public sealed class StandbyPoolTests
{
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(42);

    private readonly Channel<FakeStandby> _started = Channel.CreateUnbounded<FakeStandby>();
    private readonly StandbyPool<FakeStandby> _pool;

    public StandbyPoolTests() => _pool = new StandbyPool<FakeStandby>(
        (serverGc, preload) =>
        {
            FakeStandby standby = new(serverGc, preload);
            _started.Writer.TryWrite(standby);
            return standby;
        },
        s_startTimeout)
    { Size = 2 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private bool NoneIsStarted => !_started.Reader.TryPeek(out _);

    [Fact(Timeout = 120_000)]
    public async Task TryTake_OfAnEmptyPool_GivesNoneAndFillsIt()
    {
        Assert.True(NoneIsStarted);
        Assert.Null(_pool.TryTake(serverGc: true));

        FakeStandby first = await NextAsync();
        Assert.True(first.ServerGc);
        Assert.Equal(0, _pool.ReadyCount);
        first.Warm();
        (await NextAsync()).Warm();
        await ReadyAsync();
        Assert.Equal(2, _pool.ReadyCount);
        Assert.True(NoneIsStarted);
        Assert.Equal(s_startTimeout, first.Timeout);
    }

    [Fact(Timeout = 120_000)]
    public async Task Fill_StartsTheNextOnlyWhenOneIsWarm()
    {
        _pool.Fill();
        FakeStandby first = await NextAsync();
        _pool.Fill();
        _pool.Fill();
        Assert.True(NoneIsStarted);

        first.Warm();

        FakeStandby second = await NextAsync();
        Assert.Equal(1, _pool.ReadyCount);
        second.Warm();
        await ReadyAsync();
        Assert.True(NoneIsStarted);
    }

    [Fact(Timeout = 120_000)]
    public async Task TryTake_GivesTheOldestAndFillsItsPlace()
    {
        FakeStandby[] two = await FillAsync();

        Assert.Same(two[0], _pool.TryTake(serverGc: false));

        (await NextAsync()).Warm();
        await ReadyAsync();
        Assert.Same(two[1], _pool.TryTake(serverGc: false));
        Assert.False(two[0].Disposed.IsCompleted || two[1].Disposed.IsCompleted);
        (await NextAsync()).Warm();
    }

    [Fact(Timeout = 120_000)]
    public async Task TryTake_PassesOverOneThatHasEnded()
    {
        FakeStandby[] two = await FillAsync();
        two[0].HasExited = true;

        Assert.Same(two[1], _pool.TryTake(serverGc: false));

        await two[0].Disposed.WaitAsync(Token);
        (await NextAsync()).Warm();
        (await NextAsync()).Warm();
    }

    [Fact(Timeout = 120_000)]
    public async Task TryTake_ThrowsAwayWhatWasMadeForAnotherCollector()
    {
        FakeStandby[] two = await FillAsync();

        Assert.Null(_pool.TryTake(serverGc: true));

        await Task.WhenAll(two.Select(static one => one.Disposed)).WaitAsync(Token);
        FakeStandby fitting = await NextAsync();
        fitting.Warm();
        (await NextAsync()).Warm();
        await ReadyAsync();
        Assert.Same(fitting, _pool.TryTake(serverGc: true));
        (await NextAsync()).Warm();
    }

    [Fact(Timeout = 120_000)]
    public async Task Size_WhenSmaller_DropsWhatIsReadyAndWhatIsWarming()
    {
        _pool.Fill();
        FakeStandby first = await NextAsync();
        first.Warm();
        FakeStandby warming = await NextAsync();

        _pool.Size = 0;

        await first.Disposed.WaitAsync(Token);
        Assert.False(warming.Disposed.IsCompleted);
        warming.Warm();
        await warming.Disposed.WaitAsync(Token);
        Assert.Equal(0, _pool.ReadyCount);
        await _pool.WaitUntilReadyAsync(Token);
        Assert.True(NoneIsStarted);
    }

    /// <summary>An earlier version counted what was warming and would be dropped as if it were coming: the pool stayed empty.</summary>
    [Fact(Timeout = 120_000)]
    public async Task Fill_AfterClearWhileOneIsWarming_FillsThePoolAllTheSame()
    {
        _pool.Fill();
        FakeStandby old = await NextAsync();
        _pool.Clear();
        _pool.Fill();

        old.Warm();

        await old.Disposed.WaitAsync(Token);
        (await NextAsync()).Warm();
        (await NextAsync()).Warm();
        await ReadyAsync();
        Assert.Equal(2, _pool.ReadyCount);
    }

    [Fact(Timeout = 120_000)]
    public async Task Clear_WhileOneIsWarming_DropsItAndStartsNoMore()
    {
        _pool.Fill();
        FakeStandby old = await NextAsync();

        _pool.Clear();
        old.Warm();

        await old.Disposed.WaitAsync(Token);
        Assert.Equal(0, _pool.ReadyCount);
        Assert.True(NoneIsStarted);
    }

    [Fact(Timeout = 120_000)]
    public async Task SetPreload_WhileSomebodyWaits_MakesTheNewOnesForHim()
    {
        Task ready = _pool.WaitUntilReadyAsync(Token);
        FakeStandby old = await NextAsync();
        _pool.SetPreload(["Some.Assembly"]);
        old.Warm();

        for (int i = 0; i < 2; i++)
        {
            FakeStandby standby = await NextAsync();
            Assert.Equal(["Some.Assembly"], standby.Preload);
            standby.Warm();
        }

        await ready;
        Assert.True(old.Disposed.IsCompleted);
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitUntilReadyAsync_AfterThreeFailures_SaysTheLastAndTriesNoMore()
    {
        Task ready = _pool.WaitUntilReadyAsync(Token);
        for (int i = 1; i <= StandbyPool<FakeStandby>.MaxFailures; i++)
        {
            Assert.False(ready.IsCompleted);
            FakeStandby failing = await NextAsync();
            failing.Fail(new TimeoutException($"failure {i}"));
            await failing.Disposed.WaitAsync(Token);
        }

        InvalidOperationException failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ready);

        Assert.Equal("failure 3", Assert.IsType<TimeoutException>(failure.InnerException).Message);
        Assert.Null(_pool.TryTake(serverGc: false));
        Assert.True(NoneIsStarted);

        Task again = _pool.WaitUntilReadyAsync(Token);
        (await NextAsync()).Warm();
        (await NextAsync()).Warm();
        await again;
    }

    [Fact(Timeout = 120_000)]
    public async Task Failures_ThatAreNotInARow_DoNotCount()
    {
        Task ready = _pool.WaitUntilReadyAsync(Token);
        for (int i = 0; i < 2; i++)
        {
            (await NextAsync()).Fail(new IOException());
            (await NextAsync()).Fail(new IOException());
            (await NextAsync()).Warm();
        }

        await ready;
    }

    [Fact(Timeout = 120_000)]
    public async Task WaitUntilReadyAsync_WhenCancelled_LetsTheStandbysComeAllTheSame()
    {
        using CancellationTokenSource cancel = new();
        Task ready = _pool.WaitUntilReadyAsync(cancel.Token);
        FakeStandby first = await NextAsync();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ready);
        first.Warm();
        (await NextAsync()).Warm();
        await ReadyAsync();
        Assert.Equal(2, _pool.ReadyCount);
    }

    private async Task<FakeStandby> NextAsync() => await _started.Reader.ReadAsync(Token);

    private Task ReadyAsync() => _pool.WaitUntilReadyAsync(Token);

    private async Task<FakeStandby[]> FillAsync()
    {
        _pool.Fill();
        FakeStandby[] two = [await NextWarmAsync(), await NextWarmAsync()];
        await ReadyAsync();
        return two;

        async Task<FakeStandby> NextWarmAsync()
        {
            FakeStandby standby = await NextAsync();
            standby.Warm();
            return standby;
        }
    }
}
