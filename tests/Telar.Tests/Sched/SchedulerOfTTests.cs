using FsCheck;
using FsCheck.Fluent;
using Telar.Sched;
using Xunit;

namespace Telar.Tests.Sched;

// Traps 11: each rule of Python's scheduler, on a clock that counts as it is told to wait.
public class SchedulerOfTTests
{
    private readonly List<string> _log = [];
    private readonly Scheduler<double> _scheduler;
    private double _time;

    public SchedulerOfTTests() => _scheduler = new Scheduler<double>(
        () => _time,
        delay =>
        {
            _log.Add($"delay {delay}");
            _time += delay;
        });

    private Action Log(string text) => () => _log.Add(text);

    [Fact(Timeout = 120_000)]
    public void Run_RunsByTimeThenPriorityThenEntry()
    {
        _scheduler.EnterAbs(2, 1, Log("2/1 first"));
        _scheduler.EnterAbs(2, 0, Log("2/0"));
        _scheduler.EnterAbs(1, 9, Log("1/9"));
        _scheduler.EnterAbs(2, 1, Log("2/1 second"));
        _scheduler.EnterAbs(2, -1, Log("2/-1"));

        Assert.Null(_scheduler.Run(cancellationToken: Token));

        Assert.Equal(["1/9", "2/-1", "2/0", "2/1 first", "2/1 second"], _log.Where(line => !line.StartsWith("delay", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 120_000)]
    public void Run_DelaysUntilTheTimeAndByZeroAfterEachEvent()
    {
        _scheduler.Enter(3, 1, Log("a"));
        _scheduler.Enter(3, 2, Log("b"));

        _scheduler.Run(cancellationToken: Token);

        Assert.Equal(["delay 3", "a", "delay 0", "b", "delay 0"], _log);
    }

    [Fact(Timeout = 120_000)]
    public void Run_WhenTheDelayReturnsEarly_DelaysAgain()
    {
        double time = 0;
        List<double> delays = [];
        Scheduler<double> scheduler = new(() => time, delay =>
        {
            delays.Add(delay);
            time += Math.Min(delay, 2);
        });
        scheduler.Enter(5, 0, () => { });

        scheduler.Run(cancellationToken: Token);

        Assert.Equal([5, 3, 1, 0], delays);
    }

    [Fact(Timeout = 120_000)]
    public void Run_TakesTheEventOutBeforeItsActionRuns()
    {
        ScheduledEvent<double>? entered = null;
        bool isEmpty = false;
        bool isCancelled = true;
        entered = _scheduler.Enter(1, 0, () =>
        {
            isEmpty = _scheduler.IsEmpty;
            isCancelled = _scheduler.Cancel(entered!); // assigned before Run
        });

        _scheduler.Run(cancellationToken: Token);

        Assert.True(isEmpty);
        Assert.False(isCancelled);
    }

    [Fact(Timeout = 120_000)]
    public void Run_WhenAnActionThrows_LeavesTheRestInTheQueue()
    {
        _scheduler.EnterAbs(1, 0, () => throw new IOException("disk"));
        _scheduler.EnterAbs(2, 0, Log("rest"));

        Assert.Equal("disk", Assert.Throws<IOException>(() => { _scheduler.Run(cancellationToken: Token); }).Message);
        Assert.Single(_scheduler.Queue);
        // As in Python, the delay of zero is for an event that has ended well.
        Assert.Equal(["delay 1"], _log);

        _scheduler.Run(cancellationToken: Token);
        Assert.Equal(["delay 1", "delay 1", "rest", "delay 0"], _log);
    }

    [Fact(Timeout = 120_000)]
    public void Run_WhenTheDelayThrows_LeavesTheEventInTheQueue()
    {
        bool fails = true;
        Scheduler<int> scheduler = new(() => fails ? 0 : 10, _ => throw new IOException("alarm clock"));
        int runs = 0;
        scheduler.EnterAbs(5, 0, () => runs++);

        Assert.Throws<IOException>(() => { scheduler.Run(cancellationToken: Token); });
        Assert.Equal((0, 1), (runs, scheduler.Queue.Count));

        // The delay of zero throws too, but the event has run by then, and is gone.
        fails = false;
        Assert.Throws<IOException>(() => { scheduler.Run(cancellationToken: Token); });
        Assert.Equal((1, 0), (runs, scheduler.Queue.Count));
    }

    [Fact(Timeout = 120_000)]
    public void Run_NotBlocking_RunsWhatIsDueAndSaysHowLongUntilTheNext()
    {
        _scheduler.EnterAbs(0, 0, Log("due"));
        _scheduler.EnterAbs(7, 0, Log("later"));

        Assert.Equal(7, _scheduler.Run(blocking: false, Token));
        Assert.Equal(["due", "delay 0"], _log);

        _time = 7;
        Assert.Null(_scheduler.Run(blocking: false, Token));
        Assert.Null(_scheduler.Run(blocking: false, Token));
    }

    [Fact(Timeout = 120_000)]
    public void Run_WhenEventsTakeLongerThanTheTimeBetweenThem_RunsTheLateOnesInOrder()
    {
        foreach (int i in Enumerable.Range(1, 4))
        {
            _scheduler.EnterAbs(i, 0, () =>
            {
                _log.Add($"{i} at {_time}");
                _time += 2.5;
            });
        }

        _scheduler.Run(cancellationToken: Token);

        Assert.Equal(["delay 1", "1 at 1", "delay 0", "2 at 3.5", "delay 0", "3 at 6", "delay 0", "4 at 8.5", "delay 0"], _log);
    }

    [Fact(Timeout = 120_000)]
    public void Enter_InThePast_IsDueAtOnceAndBeforeWhatIsDueLater()
    {
        _scheduler.Enter(0, 0, Log("now"));
        ScheduledEvent<double> past = _scheduler.Enter(-5, 9, Log("past"));

        Assert.Equal(-5, past.Time);
        Assert.Null(_scheduler.Run(blocking: false, Token));
        Assert.Equal(["past", "delay 0", "now", "delay 0"], _log);
    }

    [Fact(Timeout = 120_000)]
    public void Enter_FromActionsAndDelays_IsSeenByTheRun()
    {
        double time = 0;
        Scheduler<double> scheduler = null!; // assigned before it is used
        bool entered = false;
        scheduler = new Scheduler<double>(() => time, delay =>
        {
            if (!entered)
            {
                entered = true;
                scheduler.EnterAbs(2, 0, Log("from the delay"));
                return;
            }

            time += delay;
        });
        scheduler.EnterAbs(5, 0, () => scheduler.Enter(0, 0, Log("from the action")));

        scheduler.Run(cancellationToken: Token);

        Assert.Equal(["from the delay", "from the action"], _log);
    }

    [Fact(Timeout = 120_000)]
    public async Task Enter_WhileAnotherThreadRuns_IsRunInItsTurn()
    {
        using SemaphoreSlim delaying = new(0);
        using SemaphoreSlim goOn = new(0);
        int time = 0;
        Scheduler<int> scheduler = new(() => Volatile.Read(ref time), delay =>
        {
            if (delay > 0)
            {
                delaying.Release();
                goOn.Wait(Token);
            }
        });
        List<int> ran = [];
        scheduler.EnterAbs(3, 0, () => ran.Add(3));
        Task running = Task.Run(() => scheduler.Run(cancellationToken: Token), Token);

        await delaying.WaitAsync(Token);
        scheduler.EnterAbs(1, 0, () => ran.Add(1));
        ScheduledEvent<int> never = scheduler.EnterAbs(2, 0, () => ran.Add(2));
        Assert.True(scheduler.Cancel(never));
        Volatile.Write(ref time, 3);
        goOn.Release();
        await running;

        Assert.Equal([1, 3], ran);
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_AnswersWhetherTheEventWasInTheQueue()
    {
        ScheduledEvent<double> entered = _scheduler.Enter(1, 0, Log("never"));
        ScheduledEvent<double> foreign = new Scheduler<double>(() => 0, _ => { }).Enter(1, 0, () => { });

        Assert.False(_scheduler.Cancel(foreign));
        Assert.True(_scheduler.Cancel(entered));
        Assert.False(_scheduler.Cancel(entered));

        Assert.True(_scheduler.IsEmpty);
        Assert.Null(_scheduler.Run(cancellationToken: Token));
        Assert.Empty(_log);
    }

    [Fact(Timeout = 120_000)]
    public void CancelOrThrow_WhenTheEventIsGone_SaysSo()
    {
        ScheduledEvent<double> entered = _scheduler.EnterAbs(1.5, 2, Log("a"));
        _scheduler.CancelOrThrow(entered);

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => _scheduler.CancelOrThrow(entered));

        Assert.StartsWith("Cannot cancel event 0 (time 1.5, priority 2): it is not in the queue of this scheduler.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void Cancel_OfEventsAlikeInAllButTheirPlace_TakesTheOneItWasGiven()
    {
        _scheduler.EnterAbs(1, 1, Log("a"));
        ScheduledEvent<double> b = _scheduler.EnterAbs(1, 1, Log("b"));
        _scheduler.EnterAbs(1, 1, Log("c"));

        _scheduler.CancelOrThrow(b);
        _scheduler.Run(cancellationToken: Token);

        Assert.Equal(["delay 1", "a", "delay 0", "c", "delay 0"], _log);
    }

    [Fact(Timeout = 120_000)]
    public void Queue_IsASortedSnapshot()
    {
        ScheduledEvent<double> third = _scheduler.EnterAbs(5, 2, Log("a"));
        ScheduledEvent<double> first = _scheduler.EnterAbs(1, 0, Log("b"));
        ScheduledEvent<double> second = _scheduler.EnterAbs(5, 1, Log("c"));
        IReadOnlyList<ScheduledEvent<double>> before = _scheduler.Queue;

        _scheduler.Cancel(second);

        Assert.Equal([first, second, third], before);
        Assert.Equal([first, third], _scheduler.Queue);
        Assert.Equal("Scheduler of Double (2 events)", _scheduler.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void IsEmpty_LooksAtWhatWaits()
    {
        Assert.True(_scheduler.IsEmpty);
        _scheduler.Enter(1, 0, Log("a"));
        Assert.False(_scheduler.IsEmpty);
        _scheduler.Run(cancellationToken: Token);
        Assert.True(_scheduler.IsEmpty);
    }

    [Fact(Timeout = 120_000)]
    public void Event_ShowsItsFieldsAndComparesInTheOrderOfRunning()
    {
        Action action = Log("a");
        ScheduledEvent<double> early = _scheduler.EnterAbs(1.5, 2, action);
        ScheduledEvent<double> late = _scheduler.EnterAbs(1.5, 2, action);

        Assert.Equal((1.5, 2, 0L, action), (early.Time, early.Priority, early.Sequence, (Action)early.Action));
        Assert.Equal(1, late.Sequence);
        Assert.True(early.CompareTo(late) < 0 && late.CompareTo(early) > 0 && early.CompareTo(null) > 0);
        Assert.Equal(0, early.CompareTo(early));
        Assert.NotEqual(early, late);
        Assert.Equal("event 0 (time 1.5, priority 2)", early.ToString());
    }

    [Fact(Timeout = 120_000)]
    public void Run_WhenTheTokenIsCancelled_EndsBetweenTwoEvents()
    {
        using CancellationTokenSource source = new();
        _scheduler.Enter(1, 0, source.Cancel);
        _scheduler.Enter(2, 0, Log("kept"));

        Assert.Throws<OperationCanceledException>(() => { _scheduler.Run(cancellationToken: source.Token); });
        Assert.Throws<OperationCanceledException>(() => { _scheduler.Run(blocking: false, source.Token); });

        Assert.Single(_scheduler.Queue);
    }

    [Fact(Timeout = 120_000)]
    public void Members_CheckTheirArguments()
    {
        Func<double> time = () => 0;
        Action<double> delay = _ => { };
        Scheduler<double> scheduler = new(time, delay);

        Assert.Same(time, scheduler.TimeFunc);
        Assert.Same(delay, scheduler.DelayFunc);
        Assert.Throws<ArgumentNullException>("timeFunc", () => new Scheduler<double>(null!, delay));
        Assert.Throws<ArgumentNullException>("delayFunc", () => new Scheduler<double>(time, null!));
        Assert.Throws<ArgumentNullException>("action", () => scheduler.Enter(1, 1, null!));
        Assert.Throws<ArgumentNullException>("action", () => scheduler.EnterAbs(1, 1, null!));
        Assert.Throws<ArgumentNullException>(() => { scheduler.Cancel(null!); });
        Assert.True(scheduler.IsEmpty);
    }

    [Fact(Timeout = 120_000)]
    public void PrintTime_RunsAsInPythonsExample()
    {
        // As on a real clock, a little time passes between two looks at it: so "keyword" is due after "positional".
        double time = 2_000_000_000;
        Scheduler<double> scheduler = new(() => time += 0.001, delay => time += delay);
        void PrintTime(string a = "default") => _log.Add(a);

        scheduler.Enter(10, 1, () => PrintTime());
        scheduler.Enter(5, 2, () => PrintTime("positional"));
        scheduler.Enter(5, 1, () => PrintTime(a: "keyword"));
        scheduler.EnterAbs(1_650_000_000, 10, () => PrintTime("first enterabs"));
        scheduler.EnterAbs(1_650_000_000, 5, () => PrintTime("second enterabs"));
        scheduler.Run(cancellationToken: Token);

        Assert.Equal(["second enterabs", "first enterabs", "positional", "keyword", "default"], _log);
        Assert.InRange(time, 2_000_000_010, 2_000_000_011);
    }

    [Fact(Timeout = 120_000)]
    public void EnterAndCancel_InAnyOrder_GiveTheSameAsASortedList()
    {
        // A number is an event at that time; every third one cancels an event entered before.
        Prop.ForAll<int[]>(numbers =>
        {
            List<ScheduledEvent<int>> model = [];
            List<ScheduledEvent<int>> ran = [];
            Scheduler<int> scheduler = new(() => int.MaxValue, _ => { });
            List<ScheduledEvent<int>> all = [];
            for (int i = 0; i < numbers.Length * 20; i++)
            {
                int number = numbers[i % numbers.Length] + (i % 7);
                if (all.Count > 0 && (i % 3 == 2 || i % 50 > 20))
                {
                    ScheduledEvent<int> victim = all[Math.Abs(number + i) % all.Count];
                    if (scheduler.Cancel(victim) != model.Remove(victim))
                    {
                        return false;
                    }
                }
                else
                {
                    ScheduledEvent<int> entered = null!; // assigned before Run
                    entered = scheduler.EnterAbs(number, i % 2, () => ran.Add(entered));
                    all.Add(entered);
                    model.Add(entered);
                }
            }

            ScheduledEvent<int>[] expected = [.. model.OrderBy(e => e.Time).ThenBy(e => e.Priority).ThenBy(e => e.Sequence)];
            bool isSameQueue = scheduler.Queue.SequenceEqual(expected);
            scheduler.Run(cancellationToken: Token);
            return isSameQueue && ran.SequenceEqual(expected) && scheduler.IsEmpty;
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Fact(Timeout = 120_000)]
    public async Task Run_InSeveralThreadsWhileOthersEnterAndCancel_RunsEachEventOnce()
    {
        // Mutation seen red: EventQueue.TryTake that peeks and dequeues under two separate locks ran some events twice.
        const int Enterers = 4;
        const int Each = 5_000;
        int[] ran = new int[Enterers * Each];
        int cancelled = 0;
        Scheduler<long> scheduler = new(() => long.MaxValue, _ => { });
        Task[] enterers = [.. Enumerable.Range(0, Enterers).Select(n => Task.Run(
            () =>
            {
                for (int i = 0; i < Each; i++)
                {
                    int id = (n * Each) + i;
                    ScheduledEvent<long> entered = scheduler.EnterAbs(i, 0, () => Interlocked.Increment(ref ran[id]));
                    if (i % 5 == 0 && scheduler.Cancel(entered))
                    {
                        Interlocked.Increment(ref cancelled);
                        Interlocked.Decrement(ref ran[id]);
                    }
                }
            },
            Token))];
        Task all = Task.WhenAll(enterers);
        Task[] runners = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(
            () =>
            {
                while (!all.IsCompleted || !scheduler.IsEmpty)
                {
                    scheduler.Run(cancellationToken: Token);
                }
            },
            Token))];
        await all;
        await Task.WhenAll(runners);

        Assert.Equal(cancelled, ran.Count(runs => runs == -1));
        Assert.Equal((Enterers * Each) - cancelled, ran.Count(runs => runs == 1));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
