namespace Telar.Tests.Threading;

using Telar.Threading;

public class TimerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_never = TimeSpan.FromDays(1000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public void Start_CallsTheFunctionOnce_OnTheTimersThread()
    {
        List<Thread> calls = [];
        Timer timer = new(TimeSpan.FromMilliseconds(1), () => calls.Add(Thread.Current));
        Assert.False(timer.Finished.IsSet);

        timer.Start();

        Assert.True(timer.Finished.Wait(s_patience, Token));
        Assert.True(timer.Join(s_patience, Token));
        Assert.Same(timer, Assert.Single(calls));
        timer.Cancel();
        Assert.Single(calls);
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_WhileItWaits_EndsItWithoutACall()
    {
        int calls = 0;
        Timer timer = new(s_never, () => calls++);
        timer.Start();
        Assert.True(timer.IsAlive);

        timer.Cancel();

        Assert.True(timer.Join(s_patience, Token));
        Assert.Equal(0, calls);
        Assert.True(timer.Finished.IsSet);
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_BeforeTheStart_CallsNothing()
    {
        int calls = 0;
        Timer timer = new(TimeSpan.Zero, () => calls++);
        timer.Cancel();
        timer.Start();

        Assert.True(timer.Join(s_patience, Token));
        Assert.Equal(0, calls);
    }

    [Fact(Timeout = 120_000)]
    public void RequestStop_EndsTheWaitSilently()
    {
        int calls = 0;
        Timer timer = new(Timeout.InfiniteTimeSpan, () => calls++);
        timer.Start();
        timer.RequestStop();

        Assert.True(timer.Join(s_patience, Token));
        Assert.Equal(0, calls);
        Assert.Null(timer.Exception);
    }

    [Fact(Timeout = 120_000)]
    public void Attributes_AreThoseOfThePythonTimerAndOfTheThread()
    {
        Action function = static () => { };
        Timer timer = new(s_never, function, "slow", daemon: false);

        Assert.Equal((s_never, function, "slow", false), (timer.Interval, timer.Function, timer.Name, timer.Daemon));
        Assert.Equal("Timer 'slow' initial", timer.ToString());
        timer.Daemon = true;
        Assert.True(timer.Daemon);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Timer(TimeSpan.FromMilliseconds(-2), function));
        Assert.Throws<ArgumentNullException>(() => new Timer(TimeSpan.Zero, null!));
    }
}
