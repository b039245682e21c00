using Telar.Sched;
using Xunit;

namespace Telar.Tests.Sched;

public class SchedulerTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new();
    private readonly Scheduler _scheduler;
    private readonly List<string> _log = [];

    public SchedulerTests() => _scheduler = new Scheduler(_clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Action Log(string text) => () => _log.Add(text);

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_RunsEachEventAtItsTimeAndEndsWithTheLast()
    {
        _scheduler.Enter(2 * s_second, 1, Log("late"));
        _scheduler.Enter(s_second, 1, Log("early"));
        _scheduler.EnterAbs(_clock.GetUtcNow() - s_second, 1, Log("past"));
        Task running = _scheduler.RunAsync(Token);

        await _clock.TimerAsync(s_second);
        Assert.Equal(["past"], _log);
        _clock.Advance(s_second);
        await _clock.TimerAsync(s_second);
        Assert.Equal(["past", "early"], _log);
        _clock.Advance(s_second);
        await running;

        Assert.Equal(["past", "early", "late"], _log);
    }

    [Fact(Timeout = 120_000)]
    public async Task Run_WaitsOnTheGivenClock()
    {
        _scheduler.Enter(s_second, 1, Log("a"));
        Task<TimeSpan?> running = Task.Run(() => _scheduler.Run(cancellationToken: Token), Token);

        await _clock.TimerAsync(s_second);
        Assert.Empty(_log);
        _clock.Advance(s_second);

        Assert.Null(await running);
        Assert.Equal(["a"], _log);
    }

    [Fact(Timeout = 120_000)]
    public void Run_NotBlocking_SaysHowLongUntilTheNext()
    {
        Assert.Null(_scheduler.Run(blocking: false, Token));
        _scheduler.Enter(TimeSpan.Zero, 1, Log("due"));
        _scheduler.Enter(5 * s_second, 1, Log("later"));

        Assert.Equal(5 * s_second, _scheduler.Run(blocking: false, Token));
        Assert.Equal(["due"], _log);
    }

    [Fact(Timeout = 120_000)]
    public void Run_OnTheSystemsClock_IsNeverEarly()
    {
        Scheduler scheduler = new();
        DateTimeOffset ran = default;
        ScheduledEvent<DateTimeOffset> entered = scheduler.Enter(TimeSpan.FromMilliseconds(20.5), 1, () => ran = scheduler.Now);

        Assert.Null(scheduler.Run(cancellationToken: Token));

        Assert.True(ran >= entered.Time, $"ran at {ran:O}, due at {entered.Time:O}");
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WhenAnEarlierEventIsEntered_WakesForIt()
    {
        // Mutation seen red: EventQueue.Enter without the swap of _changed.
        _scheduler.Enter(10 * s_second, 1, Log("later"));
        Task running = _scheduler.RunAsync(Token);
        await _clock.TimerAsync(10 * s_second);

        _scheduler.Enter(s_second, 1, Log("earlier"));
        await _clock.TimerAsync(s_second);
        _clock.Advance(s_second);
        await _clock.TimerAsync(9 * s_second);
        Assert.Equal(["earlier"], _log);

        _clock.Advance(9 * s_second);
        await running;
        Assert.Equal(["earlier", "later"], _log);
    }

    [Fact(Timeout = 120_000)]
    public async Task Run_OnTheSystemsClock_WakesForAnEarlierEvent()
    {
        Scheduler scheduler = new();
        ScheduledEvent<DateTimeOffset> later = scheduler.Enter(TimeSpan.FromHours(1), 1, Log("later"));
        Task running = Task.Run(() => scheduler.Run(cancellationToken: Token), Token);

        scheduler.Enter(TimeSpan.Zero, 1, () => scheduler.Cancel(later));

        await running;
        Assert.Empty(_log);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_WhenAnEarlierEventIsEnteredJustBeforeTheWait_DoesNotSleepThroughIt(bool isAsync)
    {
        // Mutation seen red: TakeOrDelay that asks for `changed` after it has read the clock.
        _scheduler.Enter(10 * s_second, 1, () => _log.Add("later"));
        int reads = 0;
        _clock.OnTimestamp = () =>
        {
            // The first read is Run's own, the second is the one between the look at the queue and the wait.
            if (++reads == 2)
            {
                _scheduler.EnterAbs(_clock.GetUtcNow() + s_second, 1, () => _log.Add("earlier"));
            }
        };
        Task running = isAsync ? _scheduler.RunAsync(Token) : Task.Run(() => _scheduler.Run(cancellationToken: Token), Token);

        await _clock.TimerAsync(s_second);
        _clock.Advance(s_second);
        await _clock.TimerAsync(9 * s_second);
        Assert.Equal(["earlier"], _log);

        _clock.Advance(9 * s_second);
        await running;
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WhenTheEventItWaitsForIsCancelled_DoesNotWaitForItsTime()
    {
        ScheduledEvent<DateTimeOffset> only = _scheduler.Enter(TimeSpan.FromDays(300), 1, Log("never"));
        Task running = _scheduler.RunAsync(Token);
        Assert.False(running.IsCompleted);

        Assert.True(_scheduler.Cancel(only));

        await running;
        Assert.Empty(_log);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WhenTheTimeIsFarAway_WaitsInPieces()
    {
        _scheduler.Enter(TimeSpan.FromDays(100), 1, Log("a"));
        Task running = _scheduler.RunAsync(Token);

        for (int day = 0; day < 100; day++)
        {
            await _clock.TimerAsync(TimeSpan.FromDays(1));
            Assert.Empty(_log);
            _clock.Advance(TimeSpan.FromDays(1));
        }

        await running;
        Assert.Equal(["a"], _log);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WaitsForAsyncActionsAndGivesThemTheToken()
    {
        using CancellationTokenSource source = new();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationToken given = default;
        _scheduler.Enter(TimeSpan.Zero, 0, async () => await gate.Task);
        _scheduler.Enter(TimeSpan.Zero, 1, token =>
        {
            given = token;
            return Task.CompletedTask;
        });
        Task running = _scheduler.RunAsync(source.Token);
        Assert.Single(_scheduler.Queue);

        gate.SetResult();
        await running;

        Assert.Equal(source.Token, given);
    }

    [Fact(Timeout = 120_000)]
    public void Run_WaitsForAsyncActions()
    {
        _scheduler.EnterAbs(_scheduler.Now, 0, async () =>
        {
            await Task.Yield();
            _log.Add("first");
        });
        _scheduler.EnterAbs(_scheduler.Now, 1, async token =>
        {
            await Task.Yield();
            Assert.Equal(Token, token);
            _log.Add("second");
        });
        _scheduler.EnterAbs(_scheduler.Now, 2, Log("third"));

        _scheduler.Run(cancellationToken: Token);

        Assert.Equal(["first", "second", "third"], _log);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunAsync_WhenAnActionThrows_LeavesTheRestInTheQueue()
    {
        _scheduler.Enter(TimeSpan.Zero, 0, () => throw new IOException("sync"));
        _scheduler.Enter(TimeSpan.Zero, 1, () => Task.FromException(new IOException("async")));
        _scheduler.Enter(TimeSpan.Zero, 2, Log("rest"));

        Assert.Equal("sync", (await Assert.ThrowsAsync<IOException>(() => _scheduler.RunAsync(Token))).Message);
        Assert.Equal("async", Assert.Throws<IOException>(() => { _scheduler.Run(cancellationToken: Token); }).Message);
        await _scheduler.RunAsync(Token);

        Assert.Equal(["rest"], _log);
    }

    [Fact(Timeout = 120_000)]
    public async Task Run_WhenCancelled_EndsTheWaitAndKeepsTheEvents()
    {
        using CancellationTokenSource source = new();
        _scheduler.Enter(s_second, 1, Log("kept"));
        Scheduler system = new();
        system.Enter(TimeSpan.FromHours(1), 1, Log("kept"));
        Task[] running =
        [
            _scheduler.RunAsync(source.Token),
            _scheduler.RunForeverAsync(source.Token),
            Task.Run(() => _scheduler.Run(cancellationToken: source.Token), Token),
            Task.Run(() => system.Run(cancellationToken: source.Token), Token),
            Task.Run(() => new Scheduler().RunForever(source.Token), Token),
        ];

        await source.CancelAsync();

        foreach (Task run in running)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }

        Assert.Single(_scheduler.Queue);
        Assert.Throws<OperationCanceledException>(() => { _scheduler.Run(blocking: false, source.Token); });
        Assert.Empty(_log);
    }

    [Fact(Timeout = 120_000)]
    public async Task RunForeverAsync_WhenNothingIsLeft_WaitsForMore()
    {
        using CancellationTokenSource source = new();
        Task running = _scheduler.RunForeverAsync(source.Token);
        using SemaphoreSlim ran = new(0);

        _scheduler.Enter(TimeSpan.Zero, 1, () => ran.Release());
        await ran.WaitAsync(Token);
        _scheduler.Enter(s_second, 1, () => ran.Release());
        await _clock.TimerAsync(s_second);
        _clock.Advance(s_second);
        await ran.WaitAsync(Token);

        Assert.False(running.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact(Timeout = 120_000)]
    public async Task Now_DoesNotFollowTheCalendar()
    {
        DateTimeOffset start = _clock.GetUtcNow();
        _scheduler.Enter(10 * s_second, 1, Log("a"));
        Task running = _scheduler.RunAsync(Token);
        await _clock.TimerAsync(10 * s_second);

        _clock.SetCalendar(TimeSpan.FromHours(1));
        _clock.Advance(5 * s_second);
        Assert.Equal(start + (5 * s_second), _scheduler.Now);
        Assert.Empty(_log);

        _clock.Advance(5 * s_second);
        await running;
        Assert.Equal(["a"], _log);
    }

    [Fact(Timeout = 120_000)]
    public void Members_CheckTheirArguments()
    {
        Assert.Same(TimeProvider.System, new Scheduler().TimeProvider);
        Assert.Same(_clock, _scheduler.TimeProvider);
        Assert.Throws<ArgumentNullException>("action", () => _scheduler.Enter(s_second, 1, (Action)null!));
        Assert.Throws<ArgumentNullException>("action", () => _scheduler.EnterAbs(_clock.GetUtcNow(), 1, (Func<Task>)null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => _scheduler.Enter(TimeSpan.MaxValue, 1, Log("a")));
        Assert.True(_scheduler.IsEmpty);

        ScheduledEvent<DateTimeOffset> entered = _scheduler.Enter(s_second, 1, Log("a"));
        Assert.Equal([entered], _scheduler.Queue);
        Assert.Equal("Scheduler (1 events)", _scheduler.ToString());
        _scheduler.CancelOrThrow(entered);
        Assert.False(_scheduler.Cancel(entered));
        Assert.Throws<ArgumentException>(() => _scheduler.CancelOrThrow(entered));
    }
}
