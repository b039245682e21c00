using System.Threading.Channels;
using Telar.Concurrent.Futures;
using Telar.Sched;
using Telar.Tests.Concurrent.Futures;
using Xunit;

namespace Telar.Tests.Sched;

public class JobSchedulerTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new();
    private readonly ManualRunner _manual = new();
    private readonly List<string> _log = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _clock.GetUtcNow();

    // Runs each action at once, in the thread that moves the clock.
    private JobScheduler Inline() => new(_clock, (action, token) => action(token));

    private JobScheduler Manual() => new(_clock, _manual.Runner);

    private void LogTime() => _log.Add($"{Now:HH:mm:ss}");

    private static string Outcomes(Job job) => string.Join(' ', job.History.Select(run => $"{run.ScheduledFor:HH:mm:ss}={run.Outcome}"));

    // ---- Triggers on the clock

    [Fact(Timeout = 120_000)]
    public void Every_RunsAtEachInterval()
    {
        using JobScheduler jobs = Inline();
        Job job = jobs.Add(Trigger.Every(s_minute), LogTime);

        Assert.Equal(Now + s_minute, job.NextRun);
        _clock.Advance(3.5 * s_minute);

        Assert.Equal(["12:01:00", "12:02:00", "12:03:00"], _log);
        Assert.Equal("12:01:00=Succeeded 12:02:00=Succeeded 12:03:00=Succeeded", Outcomes(job));
        Assert.Equal([Now + (0.5 * s_minute), Now + (1.5 * s_minute)], job.NextRuns(2));
        Assert.Equal(JobState.Scheduled, job.State);
    }

    [Fact(Timeout = 120_000)]
    public void Cron_RunsAtTheTimesOfTheCalendar()
    {
        using JobScheduler jobs = Inline();
        jobs.Add(Trigger.Cron("*/20 14,16 * * *", TimeZoneInfo.Utc), LogTime);

        _clock.Advance(TimeSpan.FromHours(5));

        Assert.Equal(["14:00:00", "14:20:00", "14:40:00", "16:00:00", "16:20:00", "16:40:00"], _log);
    }

    [Fact(Timeout = 120_000)]
    public async Task At_RunsOnceAndEnds()
    {
        using JobScheduler jobs = Manual();
        Job job = jobs.Add(Trigger.At(Now + s_minute), () => { });

        _clock.Advance(2 * s_minute);

        Assert.Equal((JobState.Ended, 1, null), (job.State, job.RunningCount, job.NextRun));
        Assert.False(job.Completion.IsCompleted);
        Assert.Equal([job], jobs.Jobs);
        _manual.Next().Completion.SetResult();
        await job.Completion;
        Assert.Empty(jobs.Jobs);
        Assert.Equal(1, _manual.Count);
        Assert.Empty(job.NextRuns(3));
        Assert.Throws<InvalidOperationException>(job.RunNow);
    }

    [Fact(Timeout = 120_000)]
    public async Task At_InThePast_RunsAtOnceOrIsMissed()
    {
        using JobScheduler jobs = Manual();
        Job job = jobs.Add(Trigger.At(Now - s_minute), () => { });
        (await _manual.NextAsync()).Completion.SetResult();
        await job.Completion;

        Job missed = jobs.Add(Trigger.At(Now - s_minute), () => { }, new JobOptions { Misfire = MisfirePolicy.Skip });
        await missed.Completion;

        Assert.Equal("11:59:00=Succeeded", Outcomes(job));
        Assert.Equal("11:59:00=Missed", Outcomes(missed));
        Assert.Equal(1, _manual.Count);
    }

    [Fact(Timeout = 120_000)]
    public void Jobs_RunEachAtItsOwnTime()
    {
        using JobScheduler jobs = Inline();
        jobs.Add(Trigger.Every(TimeSpan.FromSeconds(45)), () => _log.Add($"a {Now:mm:ss}"));
        jobs.Add(Trigger.Every(TimeSpan.FromSeconds(20)), () => _log.Add($"b {Now:mm:ss}"));
        Job gone = jobs.Add(Trigger.Every(s_second), () => _log.Add("gone"));
        Assert.True(gone.Cancel());

        _clock.Advance(s_minute);

        Assert.Equal(["b 00:20", "b 00:40", "a 00:45", "b 01:00"], _log);
    }

    [Fact(Timeout = 120_000)]
    public async Task Add_TakesAllKindsOfActions()
    {
        await using JobScheduler jobs = new(_clock);
        Channel<string> ran = Channel.CreateUnbounded<string>();
        Trigger at = Trigger.At(Now);
        jobs.Add(at, () => { ran.Writer.TryWrite("action"); });
        jobs.Add(at, token => { ran.Writer.TryWrite($"token {token.CanBeCanceled}"); });
        jobs.Add(at, async () =>
        {
            await Task.Yield();
            await ran.Writer.WriteAsync("async", Token);
        });
        jobs.Add(at, async token => await ran.Writer.WriteAsync($"async token {token.CanBeCanceled}", token));

        List<string> all = [];
        for (int i = 0; i < 4; i++)
        {
            all.Add(await ran.Reader.ReadAsync(Token));
        }

        Assert.Equal(["action", "async", "async token True", "token True"], all.Order(StringComparer.Ordinal));
    }

    // ---- Misfires

    [Theory(Timeout = 120_000)]
    [InlineData(MisfirePolicy.RunOnce, "12:01:00=Succeeded 12:06:00=Succeeded")]
    [InlineData(MisfirePolicy.Skip, "12:01:00=Missed 12:06:00=Succeeded")]
    [InlineData(MisfirePolicy.RunAll, "12:01:00=Succeeded 12:02:00=Succeeded 12:03:00=Succeeded 12:04:00=Succeeded 12:05:00=Succeeded 12:06:00=Succeeded")]
    public void Misfire_WhenNobodyCouldRun_IsWhatThePolicySays(MisfirePolicy policy, string outcomes)
    {
        using JobScheduler jobs = Inline();
        Job job = jobs.Add(Trigger.Every(s_minute), () => { }, new JobOptions { Misfire = policy });

        _clock.Jump(5.5 * s_minute);
        _clock.Advance(s_minute);

        Assert.Equal(outcomes, Outcomes(job));
    }

    [Fact(Timeout = 120_000)]
    public void Misfire_WhenLessLateThanTheThreshold_RunsAllTheSame()
    {
        using JobScheduler jobs = Inline();
        JobOptions options = new() { Misfire = MisfirePolicy.Skip, MisfireThreshold = 3 * s_second };
        Job job = jobs.Add(Trigger.Every(s_second), () => { }, options);

        // Of the times 12:00:01 to 12:00:05 the first one is 4 s late, and missed; the second one is 3 s late, which is not more than 3 s.
        _clock.Jump(5 * s_second);

        Assert.Equal("12:00:01=Missed 12:00:02=Succeeded 12:00:03=Succeeded 12:00:04=Succeeded 12:00:05=Succeeded", Outcomes(job));
    }

    // ---- Overlap

    [Fact(Timeout = 120_000)]
    public void Overlap_Skip_LeavesTheNewRunOut()
    {
        using JobScheduler jobs = Manual();
        Job job = jobs.Add(Trigger.Every(s_minute), () => { });

        _clock.Advance(3 * s_minute);
        Assert.Equal((1, 1), (_manual.Count, job.RunningCount));
        _manual.Next().Completion.SetResult();
        _clock.Advance(s_minute);
        _manual.Next().Completion.SetResult();

        Assert.Equal("12:02:00=Skipped 12:03:00=Skipped 12:01:00=Succeeded 12:04:00=Succeeded", Outcomes(job));
        Assert.Null(job.History[0].Started);
    }

    [Fact(Timeout = 120_000)]
    public void Overlap_Queue_RunsOneAfterTheOther()
    {
        using JobScheduler jobs = Manual();
        Job job = jobs.Add(Trigger.Every(s_minute), () => { }, new JobOptions { Overlap = OverlapPolicy.Queue, QueueLimit = 2 });

        _clock.Advance(4 * s_minute);
        Assert.Equal((1, 1, 2), (_manual.Count, job.RunningCount, job.WaitingCount));
        for (int i = 0; i < 3; i++)
        {
            _manual.Next().Completion.SetResult();
        }

        Assert.Equal("12:04:00=Skipped 12:01:00=Succeeded 12:02:00=Succeeded 12:03:00=Succeeded", Outcomes(job));
        Assert.Equal((0, 0), (job.RunningCount, job.WaitingCount));
    }

    [Fact(Timeout = 120_000)]
    public void Overlap_Allow_RunsThemTogether()
    {
        using JobScheduler jobs = Manual();
        Job job = jobs.Add(Trigger.Every(s_minute), () => { }, new JobOptions { Overlap = OverlapPolicy.Allow });

        _clock.Advance(3 * s_minute);

        Assert.Equal((3, 3), (_manual.Count, job.RunningCount));
        ManualRunner.Run first = _manual.Next();
        _manual.Next().Completion.SetResult();
        first.Completion.SetResult();
        _manual.Next().Completion.SetResult();
        Assert.Equal("12:02:00=Succeeded 12:01:00=Succeeded 12:03:00=Succeeded", Outcomes(job));
    }

    [Fact(Timeout = 120_000)]
    public async Task Overlap_CancelPrevious_StartsTheLastWhenTheOneBeforeHasEnded()
    {
        using JobScheduler jobs = Manual();
        Job job = jobs.Add(Trigger.Every(s_minute), () => { }, new JobOptions { Overlap = OverlapPolicy.CancelPrevious });

        _clock.Advance(3 * s_minute);
        Assert.Equal((1, 1, 1), (_manual.Count, job.RunningCount, job.WaitingCount));
        ManualRunner.Run first = _manual.Next();
        await CancelledAsync(first.Token);
        first.Completion.SetException(new OperationCanceledException(first.Token));
        ManualRunner.Run last = _manual.Next();
        Assert.False(last.Token.IsCancellationRequested);
        last.Completion.SetResult();

        Assert.Equal("12:02:00=Skipped 12:01:00=Cancelled 12:03:00=Succeeded", Outcomes(job));
    }

    // ---- Failures

    [Fact(Timeout = 120_000)]
    public void AnAction_ThatThrows_GoesToHistoryAndEventAndTheJobGoesOn()
    {
        using JobScheduler jobs = Inline();
        List<(string Name, JobOutcome Outcome, string? Message)> seen = [];
        jobs.RunEnded += (sender, e) =>
        {
            Assert.Same(jobs, sender);
            seen.Add((e.Job.Name, e.Run.Outcome, e.Run.Exception?.Message));
        };
        int runs = 0;
        Job job = jobs.Add(Trigger.Every(s_minute), () => runs++ == 0 ? throw new IOException("disk") : Task.CompletedTask, new JobOptions { Name = "tidy" });

        _clock.Advance(2 * s_minute);

        Assert.Equal([("tidy", JobOutcome.Failed, "disk"), ("tidy", JobOutcome.Succeeded, null)], seen);
        JobRun failed = job.History[0];
        Assert.IsType<IOException>(failed.Exception);
        Assert.Equal((Now - s_minute, Now - s_minute, Now - s_minute), (failed.ScheduledFor, failed.Started, failed.Ended));
    }

    [Fact(Timeout = 120_000)]
    public void AHandler_ThatThrows_DisturbsNobody()
    {
        using JobScheduler jobs = Inline();
        jobs.RunEnded += (_, _) => throw new IOException("handler");
        Job job = jobs.Add(Trigger.Every(s_minute), LogTime);

        _clock.Advance(2 * s_minute);

        Assert.Equal(["12:01:00", "12:02:00"], _log);
        Assert.Equal("12:01:00=Succeeded 12:02:00=Succeeded", Outcomes(job));
    }

    [Fact(Timeout = 120_000)]
    public void ARunner_ThatThrows_FailsTheRun()
    {
        using JobScheduler jobs = new(_clock, (_, _) => throw new InvalidOperationException("shut down"));
        Job job = jobs.Add(Trigger.Every(s_minute), LogTime);

        _clock.Advance(s_minute);

        Assert.Equal("shut down", Assert.Single(job.History).Exception?.Message);
        Assert.Equal(JobState.Scheduled, job.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task ATrigger_ThatFails_EndsItsJobAlone()
    {
        using JobScheduler jobs = Inline();
        Job failing = jobs.Add(new FailingTrigger(Now + s_minute), LogTime);
        jobs.Add(Trigger.Every(2 * s_minute), LogTime);

        _clock.Advance(2 * s_minute);

        Assert.Equal(["12:01:00", "12:02:00"], _log);
        Assert.Equal("12:01:00=Failed 12:01:00=Succeeded", Outcomes(failing));
        Assert.Equal("tides", failing.History[0].Exception?.Message);
        await failing.Completion;
    }

    [Fact(Timeout = 120_000)]
    public void AnOperationCanceledException_ThatNobodyAskedFor_IsAFailure()
    {
        using JobScheduler jobs = Inline();
        Job job = jobs.Add(Trigger.Every(s_minute), () => Task.FromException(new OperationCanceledException()));

        _clock.Advance(s_minute);

        Assert.Equal("12:01:00=Failed", Outcomes(job));
    }

    // ---- Control

    [Theory(Timeout = 120_000)]
    [InlineData(MisfirePolicy.RunOnce, "12:01:00=Succeeded")]
    [InlineData(MisfirePolicy.Skip, "12:01:00=Missed")]
    public async Task Pause_StartsNothingAndWhatCameMeanwhileWasMissed(MisfirePolicy policy, string outcomes)
    {
        using JobScheduler jobs = Inline();
        Channel<JobRun> ended = Channel.CreateUnbounded<JobRun>();
        jobs.RunEnded += (_, e) => ended.Writer.TryWrite(e.Run);
        Job job = jobs.Add(Trigger.Every(s_minute), LogTime, new JobOptions { Misfire = policy });

        Assert.False(job.Resume());
        Assert.True(job.Pause());
        Assert.False(job.Pause());
        _clock.Advance(3.5 * s_minute);
        Assert.Empty(job.History);
        Assert.Equal(JobState.Paused, job.State);
        Assert.Equal(Now - (2.5 * s_minute), job.NextRun);

        Assert.True(job.Resume());
        await ended.Reader.ReadAsync(Token);
        await _clock.TimerAsync(s_minute / 2);
        Assert.Equal(outcomes, Outcomes(job));
        _clock.Advance(s_minute);
        Assert.Equal(outcomes + " 12:04:00=Succeeded", Outcomes(job));
    }

    [Fact(Timeout = 120_000)]
    public void Pause_BeforeTheNextTime_ChangesNothingWhenResumedInTime()
    {
        using JobScheduler jobs = Inline();
        Job job = jobs.Add(Trigger.Every(s_minute), LogTime);

        job.Pause();
        _clock.Advance(s_second);
        job.Resume();
        _clock.Advance(s_minute);

        Assert.Equal(["12:01:00"], _log);
    }

    [Fact(Timeout = 120_000)]
    public async Task Cancel_EndsTheJobAndOnDemandItsRuns()
    {
        using JobScheduler jobs = Manual();
        Job job = jobs.Add(Trigger.Every(s_minute), () => { }, new JobOptions { Overlap = OverlapPolicy.Queue });
        _clock.Advance(3 * s_minute);
        ManualRunner.Run run = _manual.Next();

        Assert.True(job.Cancel());
        Assert.False(job.Cancel());
        Assert.Equal("12:02:00=Cancelled 12:03:00=Cancelled", Outcomes(job));
        Assert.False(run.Token.IsCancellationRequested);
        Assert.Equal((JobState.Ended, 1), (job.State, job.RunningCount));
        Assert.False(job.Pause() || job.Resume());

        Assert.False(job.Cancel(cancelRunning: true));
        await CancelledAsync(run.Token);
        Assert.False(job.Completion.IsCompleted);
        run.Completion.SetCanceled(run.Token);
        await job.Completion;

        Assert.Equal(JobOutcome.Cancelled, job.History[^1].Outcome);
        Assert.Empty(jobs.Jobs);
        _clock.Advance(s_minute);
        Assert.Equal(1, _manual.Count);
    }

    [Fact(Timeout = 120_000)]
    public void RunNow_RunsBesidesTheTrigger()
    {
        using JobScheduler jobs = Manual();
        Job job = jobs.Add(Trigger.Every(s_minute), () => { });
        job.Pause();

        job.RunNow();
        job.RunNow();

        _manual.Next().Completion.SetResult();
        Assert.Equal("12:00:00=Skipped 12:00:00=Succeeded", Outcomes(job));
        Assert.Equal(Now + s_minute, job.NextRun);
    }

    [Fact(Timeout = 120_000)]
    public void RunNow_AfterTheEnd_SaysWhy()
    {
        using JobScheduler jobs = Manual();
        Job job = jobs.Add(Trigger.Every(s_minute), () => { }, new JobOptions { Name = "tidy" });
        job.Cancel();

        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(job.RunNow);

        Assert.Equal(
            "job 'tidy' (every 00:01:00, Ended) cannot run: its trigger has no more times, it was cancelled, or its scheduler was stopped. " +
            "Add it again.",
            thrown.Message);
    }

    [Fact(Timeout = 120_000)]
    public void AnAction_MayChangeItsOwnJob()
    {
        using JobScheduler jobs = Inline();
        Job job = null!; // assigned before it runs
        job = jobs.Add(Trigger.Every(s_minute), () =>
        {
            LogTime();
            jobs.Add(Trigger.At(Now + s_second), LogTime);
            job.Cancel();
        });

        _clock.Advance(3 * s_minute);

        Assert.Equal(["12:01:00", "12:01:01"], _log);
        Assert.Empty(jobs.Jobs);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(3)]
    public void History_KeepsTheNewestUpToItsLimit(int limit)
    {
        using JobScheduler jobs = Inline();
        Job job = jobs.Add(Trigger.Every(s_minute), () => { }, new JobOptions { HistoryLimit = limit });

        _clock.Advance(5 * s_minute);

        Assert.Equal(limit == 0 ? "" : "12:03:00=Succeeded 12:04:00=Succeeded 12:05:00=Succeeded", Outcomes(job));
    }

    [Fact(Timeout = 120_000)]
    public void Jitter_MakesRunsLaterByLessThanItself()
    {
        using JobScheduler jobs = Inline();
        List<TimeSpan> delays = [];
        Job job = null!; // assigned before it runs
        job = jobs.Add(
            Trigger.Every(s_minute),
            () => delays.Add(Now - new DateTimeOffset(Now.Year, Now.Month, Now.Day, Now.Hour, Now.Minute, 0, TimeSpan.Zero)),
            new JobOptions { Jitter = TimeSpan.FromSeconds(30), MisfireThreshold = TimeSpan.Zero });
        Assert.InRange(job.NextRun!.Value, Now + s_minute, Now + (1.5 * s_minute)); // it has not ended
        Assert.Equal(Now + s_minute, job.NextRuns(1)[0]);

        _clock.Advance(TimeSpan.FromHours(1) + (0.5 * s_minute));

        Assert.Equal(60, delays.Count);
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        Assert.True(delays.Distinct().Count() > 30, "the delays are not drawn by chance");
        Assert.DoesNotContain("Missed", Outcomes(job), StringComparison.Ordinal);
    }

    // ---- The computer's clock is set

    [Fact(Timeout = 120_000)]
    public void WhenTheClockIsSetForward_TheCalendarFollowsWithinAMinuteAndIntervalsDoNot()
    {
        using JobScheduler jobs = Inline();
        Job cron = jobs.Add(Trigger.Cron("30 12 * * *", TimeZoneInfo.Utc), LogTime, new JobOptions { MisfireThreshold = s_minute });
        Job every = jobs.Add(Trigger.Every(TimeSpan.FromMinutes(20)), () => { });

        _clock.Advance(5 * s_minute);
        _clock.SetCalendar(24.5 * s_minute);
        _clock.Advance(s_minute);

        // 12:29:30 became 12:30:30. Within a minute the calendar was looked at.
        Assert.Equal("12:30:00=Succeeded", Outcomes(cron));
        Assert.Empty(every.History);
        // 14 minutes of the 20 are left.
        Assert.Equal(Now + (14 * s_minute), every.NextRun);
        _clock.Advance(14 * s_minute);
        Assert.Single(every.History);
    }

    [Fact(Timeout = 120_000)]
    public void WhenTheClockIsSetBack_NothingRunsAgainAndIntervalsGoOn()
    {
        using JobScheduler jobs = Inline();
        Job cron = jobs.Add(Trigger.Cron("1 12 * * *", TimeZoneInfo.Utc), () => { });
        Job every = jobs.Add(Trigger.Every(s_minute), () => { });
        _clock.Advance(1.5 * s_minute);

        _clock.SetCalendar(-TimeSpan.FromHours(1));
        _clock.Advance(2 * s_minute);
        Assert.Equal(3, every.History.Count);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Single(cron.History);
        Assert.Equal(63, every.History.Count);
    }

    [Fact(Timeout = 120_000)]
    public void WhenTheClockIsSetDuringAPause_IntervalsMoveAlong()
    {
        using JobScheduler jobs = Inline();
        Job every = jobs.Add(Trigger.Every(TimeSpan.FromMinutes(10)), () => { });
        jobs.Add(Trigger.Every(s_minute), () => { });
        every.Pause();

        _clock.SetCalendar(TimeSpan.FromHours(5));
        _clock.Advance(s_minute);

        Assert.Equal(Now + (9 * s_minute), every.NextRun);
    }

    // ---- The timer

    [Fact(Timeout = 120_000)]
    public void Add_WhileTheTimerIsBeingSetForALaterJob_IsNotSleptThrough()
    {
        // Mutation seen red: Arm that does not look at _armings after it has set the timer.
        using JobScheduler jobs = Inline();
        _clock.OnTimerSet = wait =>
        {
            if (wait == TimeSpan.FromSeconds(50))
            {
                _clock.OnTimerSet = null;
                jobs.Add(Trigger.Every(TimeSpan.FromSeconds(10)), LogTime);
            }
        };
        jobs.Add(Trigger.Every(TimeSpan.FromSeconds(50)), () => { });

        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(["12:00:10", "12:00:20"], _log);
    }

    [Fact(Timeout = 120_000)]
    public async Task OnTheSystemsClock_JobsRun()
    {
        await using JobScheduler jobs = new();
        Assert.Same(TimeProvider.System, jobs.TimeProvider);
        using SemaphoreSlim ran = new(0);
        jobs.Add(Trigger.Every(TimeSpan.FromMilliseconds(5)), () => { ran.Release(); });

        for (int i = 0; i < 3; i++)
        {
            await ran.WaitAsync(Token);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Resume_OfAJobWhoseEventWasJustTaken_DoesNotMakeItRunTwice()
    {
        // Mutation seen red: OnDue that asks whether the job is scheduled, and not whether the event is still the job's.
        JobScheduler jobs = Inline();
        Channel<JobRun> ended = Channel.CreateUnbounded<JobRun>();
        jobs.RunEnded += (_, e) => ended.Writer.TryWrite(e.Run);
        Job job = jobs.Add(Trigger.Every(s_minute), () => { });
        int reads = 0;
        _clock.OnUtcNow = () =>
        {
            // The timer's turn reads the clock, takes the event, and reads the clock again.
            if (++reads == 2)
            {
                _clock.OnUtcNow = null;
                job.Pause();
                job.Resume();
            }
        };

        _clock.Advance(s_minute);
        await ended.Reader.ReadAsync(Token);
        await jobs.StopAsync(cancellationToken: Token);

        Assert.Equal(2, reads);
        Assert.Equal("12:01:00=Succeeded", Outcomes(job));
    }

    [Fact(Timeout = 120_000)]
    public void Resume_OfAJobThatIsBeingDecidedAbout_LeavesTheTimeToWhoDecides()
    {
        // Mutation seen red: Schedule_NeedsLock without !_isDeciding.
        using JobScheduler jobs = Inline();
        HookedTrigger trigger = new();
        Job job = jobs.Add(trigger, () => { });
        using SemaphoreSlim passed = new(0);
        trigger.OnNext = () =>
        {
            trigger.OnNext = null;
            job.Pause();
            job.Resume();
            // Another thread takes all that is due now, this job last.
            jobs.Add(Trigger.At(Now), () => { passed.Release(); });
            passed.Wait(Token);
        };

        _clock.Advance(s_minute);

        Assert.Equal("12:01:00=Succeeded", Outcomes(job));
        Assert.Equal(Now + s_minute, job.NextRun);
    }

    [Fact(Timeout = 120_000)]
    public async Task PauseResumeAndClock_AtTheSameTime_DecideAboutEachTimeOnce()
    {
        await using JobScheduler jobs = new(_clock, static (action, token) => action(token));
        Channel<DateTimeOffset> planned = Channel.CreateUnbounded<DateTimeOffset>();
        bool isEarly = false;
        jobs.RunEnded += (_, e) =>
        {
            isEarly |= e.Run.Started < e.Run.ScheduledFor;
            planned.Writer.TryWrite(e.Run.ScheduledFor);
        };
        Job job = jobs.Add(
            new SlowTrigger(), () => { },
            new JobOptions { MisfireThreshold = TimeSpan.MaxValue, Overlap = OverlapPolicy.Allow, HistoryLimit = 0 });
        using CancellationTokenSource over = new();
        Task pauses = Task.Run(
            () =>
            {
                while (!over.IsCancellationRequested)
                {
                    job.Pause();
                    job.Resume();
                }
            },
            Token);

        DateTimeOffset start = Now;
        for (int i = 0; i < 3_000 || planned.Reader.Count < 200; i++)
        {
            // The other thread may have paused the job nearly all the time.
            Token.ThrowIfCancellationRequested();
            _clock.Advance(s_second);
        }

        await over.CancelAsync();
        await pauses;
        job.Cancel();
        await jobs.StopAsync(cancellationToken: Token);
        planned.Writer.Complete();
        List<DateTimeOffset> all = [];
        await foreach (DateTimeOffset time in planned.Reader.ReadAllAsync(Token))
        {
            all.Add(time);
        }

        Assert.False(isEarly, "a run was before its time");
        Assert.Equal(all.Distinct().Count(), all.Count);
        all.Sort();
        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => start + (i * s_second)), all);
    }

    // ---- The end

    [Fact(Timeout = 120_000)]
    public async Task Stop_EndsAllJobsAndWaitsForTheirRuns()
    {
        JobScheduler jobs = Manual();
        Job running = jobs.Add(Trigger.Every(s_minute), () => { });
        Job idle = jobs.Add(Trigger.Every(TimeSpan.FromHours(1)), () => { });
        _clock.Advance(s_minute);
        ManualRunner.Run run = _manual.Next();

        Task stopping = jobs.StopAsync(cancellationToken: Token);
        Assert.False(stopping.IsCompleted);
        Assert.True(idle.Completion.IsCompleted);
        Assert.False(run.Token.IsCancellationRequested);
        Assert.Throws<ObjectDisposedException>(() => jobs.Add(Trigger.Every(s_minute), () => { }));
        using CancellationTokenSource impatient = new();
        Task waiting = jobs.StopAsync(cancelRunning: true, impatient.Token);
        await CancelledAsync(run.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.ThrowsAny<OperationCanceledException>(() => jobs.Stop(cancellationToken: impatient.Token));

        run.Completion.SetResult();
        await stopping;
        jobs.Dispose();
        await jobs.DisposeAsync();

        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal((1, JobState.Ended, JobState.Ended), (_manual.Count, running.State, idle.State));
        // It ended by itself, cancelled or not.
        Assert.Equal("12:01:00=Succeeded", Outcomes(running));
        Assert.Equal("JobScheduler (0 jobs)", jobs.ToString());
    }

    // ---- Runners

    [Fact(Timeout = 120_000)]
    public async Task AsJobRunner_RunsJobsOnAnExecutor()
    {
        await using ThreadPoolExecutor executor = new(1);
        await using JobScheduler jobs = new(_clock, executor.AsJobRunner(new CallOptions { Name = "job" }));
        using SemaphoreSlim started = new(0);
        Job job = jobs.Add(Trigger.Every(s_minute), async token =>
        {
            started.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        });
        Job failing = jobs.Add(Trigger.At(Now + (2 * s_minute)), () => throw new IOException("disk"));

        _clock.Advance(s_minute);
        await started.WaitAsync(Token);
        job.Cancel(cancelRunning: true);
        await job.Completion;
        Assert.Equal(JobOutcome.Cancelled, job.History[0].Outcome);

        _clock.Advance(s_minute);
        await failing.Completion;
        Assert.IsType<IOException>(failing.History[0].Exception);
    }

    [Fact(Timeout = 120_000)]
    public void Options_ChooseTheRunnerOfOneJob()
    {
        using JobScheduler jobs = Manual();
        jobs.Add(Trigger.Every(s_minute), LogTime, new JobOptions { Runner = (action, token) => action(token) });

        _clock.Advance(s_minute);

        Assert.Equal(["12:01:00"], _log);
        Assert.Equal(0, _manual.Count);
    }

    [Fact(Timeout = 120_000)]
    public void Members_CheckTheirArguments()
    {
        using JobScheduler jobs = Inline();
        Trigger trigger = Trigger.Every(s_minute);

        Assert.Throws<ArgumentNullException>("trigger", () => jobs.Add(null!, () => { }));
        Assert.Throws<ArgumentNullException>("action", () => jobs.Add(trigger, (Action)null!));
        Assert.Throws<ArgumentNullException>("action", () => jobs.Add(trigger, (Action<CancellationToken>)null!));
        Assert.Throws<ArgumentNullException>("action", () => jobs.Add(trigger, (Func<Task>)null!));
        Assert.Throws<ArgumentNullException>("action", () => jobs.Add(trigger, (Func<CancellationToken, Task>)null!));
        Assert.Throws<ArgumentNullException>("executor", () => ((Executor)null!).AsJobRunner());
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new JobOptions { Jitter = -s_second });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new JobOptions { MisfireThreshold = -s_second });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new JobOptions { HistoryLimit = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new JobOptions { QueueLimit = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new JobOptions { Misfire = (MisfirePolicy)7 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new JobOptions { Overlap = (OverlapPolicy)7 });
        Assert.Empty(jobs.Jobs);

        Job job = jobs.Add(trigger, () => { });
        Assert.Equal("job-1", job.Name);
        Assert.Same(trigger, job.Trigger);
        Assert.Equal("job 'job-1' (every 00:01:00, Scheduled)", job.ToString());
        Assert.Throws<ArgumentOutOfRangeException>("count", () => job.NextRuns(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => jobs.Add(trigger, () => { }, new JobOptions { QueueLimit = -1 }));
    }

    private static async Task CancelledAsync(CancellationToken token)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(Token);
    }

    private sealed class FailingTrigger(DateTimeOffset first) : Trigger
    {
        public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset? previous) =>
            previous is null ? first : throw new IOException("tides");
    }

    private sealed class HookedTrigger : Trigger
    {
        public Action? OnNext { get; set; }

        public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset? previous)
        {
            OnNext?.Invoke();
            return after + s_minute;
        }
    }

    // Gives others time to come between the two halves of a decision.
    private sealed class SlowTrigger : Trigger
    {
        public override DateTimeOffset? Next(DateTimeOffset after, DateTimeOffset? previous)
        {
            System.Threading.Thread.SpinWait(200);
            return after + s_second;
        }
    }
}
