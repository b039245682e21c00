using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Telar.Multiprocessing.Pools;

namespace Telar.Simulation.Pools;

// One schedule: a pool core in a world of virtual workers, wires and time, all of which follows from one seed.
//
//   owner ----Submit, Cancel, Resize, Shutdown----> core ----commands----> driver (executes late, in order)
//                                                    ^                        |  frames, FIFO a worker
//                                                    |                        v
//                     results, deaths, answers <-- driver <--- wire FIFO --- workers (claim by the shared word, run, die)
//
// What the core is told and what it commands is checked against the world's own account, kept in the Simulated... records:
// nothing in the checks is taken from the core's word, except for the times at which a call became first in line.
internal sealed partial class PoolSimulation
{
    private const int LongestStory = 40_000;
    private const int LowestPriority = -1;
    private const int HighestPriority = 1;
    private const int EventLimit = 200_000;
    private const long SettleLimit = 60 * TimeSpan.TicksPerSecond;

    private readonly ulong _seed;
    private readonly StringBuilder? _trace;
    private readonly SimulationRandom _random;
    private readonly SimulationProfile _profile;
    private readonly PoolCore _core;
    private readonly SimulatedEventHeap _events = new();
    private readonly Queue<PoolCommand> _toExecute = new();
    private readonly List<SimulatedCall> _calls = [];
    private readonly List<SimulatedWorker> _workers = [];

    private long _now;
    private long _order;
    private long _tickAt = long.MaxValue;
    private int _stepsLeft;
    private bool _executing;
    private bool _executeScheduled;
    private bool _settling;
    private long _settleSince;

    private PoolSimulation(ulong seed, StringBuilder? trace)
    {
        _seed = seed;
        _trace = trace;
        _random = new SimulationRandom(seed);
        _profile = new SimulationProfile(_random);
        _core = new PoolCore(_profile.Policy);
        _stepsLeft = _profile.Steps;
        _maxWorkers = _peakWorkers = _profile.MaxWorkers;
    }

    /// <value>Whether what happens is written down.</value>
    public bool IsTraced => _trace is not null;

    private TimeSpan Now => new(_now);

    /// <summary>Plays the schedule of a seed.</summary>
    /// <returns>How many events it had.</returns>
    /// <exception cref="SimulationFailure">A property did not hold; the message has the seed and the trace.</exception>
    public static int Run(ulong seed)
    {
        try
        {
            return new PoolSimulation(seed, null).Play();
        }
        catch (Exception)
        {
            // Played once more, the same schedule tells its story; all of it only if it is replayed alone.
            string story = Replay(seed);
            throw new SimulationFailure(
                story.Length <= LongestStory
                    ? story
                    : $"{story[..(LongestStory / 4)]}\n    [...]\n{story[^(LongestStory * 3 / 4)..]}");
        }
    }

    /// <summary>Plays the schedule of a seed and tells what happened.</summary>
    public static string Replay(ulong seed)
    {
        var trace = new StringBuilder();
        try
        {
            _ = new PoolSimulation(seed, trace).Play();
            return trace.Append(CultureInfo.InvariantCulture, $"Schedule {seed} holds.").ToString();
        }
        catch (Exception exception)
        {
            return $"""
                Schedule {seed} breaks a property: {exception.Message}
                Replay it alone with TELAR_SEED={seed}. What happened, in virtual milliseconds (-> are commands of the core):
                {trace}
                {exception}
                """;
        }
    }

    private int Play()
    {
        Log($"{_profile.Policy}, word: {_profile.HasWord}");
        _core.Start(Now);
        Settled();
        Add(Pause(), SimulatedEventKind.Step);
        int count = 0;
        while (_events.Count > 0)
        {
            SimulatedEvent next = _events.Take();
            _now = Math.Max(_now, next.Time);
            Check(++count < EventLimit, "the schedule comes to an end (livelock)");
            Handle(next);
            if (_settling)
            {
                Settle();
            }
        }

        CheckEnd();
        return count;
    }

    private void Handle(in SimulatedEvent happening)
    {
        SimulatedWorker? worker = happening.Worker;
        switch (happening.Kind)
        {
            case SimulatedEventKind.Step:
                Step();
                break;
            case SimulatedEventKind.Tick:
                Tick();
                break;
            case SimulatedEventKind.Execute:
                _executeScheduled = false;
                Execute();
                break;
            case SimulatedEventKind.StartEnds:
                StartEnds(worker!, happening.Number);
                break;
            case SimulatedEventKind.FrameArrives:
                FrameArrives(worker!);
                break;
            case SimulatedEventKind.Claim:
                Claim(worker!);
                break;
            case SimulatedEventKind.BodyEnds:
                BodyEnds(worker!, happening.Number);
                break;
            case SimulatedEventKind.CancelArrives:
                CancelArrives(worker!, happening.Number);
                break;
            case SimulatedEventKind.StopArrives:
                StopArrives(worker!);
                break;
            case SimulatedEventKind.Dies:
                CheckKillLands(worker!, happening.Number);
                Die(worker!);
                break;
            case SimulatedEventKind.ResultDelivered:
                DeliverResult(happening.Result!);
                break;
            case SimulatedEventKind.DeathDelivered:
                DeliverDeath(worker!);
                break;
            case SimulatedEventKind.RevokeAnswered:
                DeliverRevoked(worker!, happening.Number);
                break;
        }
    }

    /// <summary>The pool's owner does something.</summary>
    private void Step()
    {
        if (_stepsLeft-- == 0)
        {
            Log($"no more steps, no more faults");
            _settling = true;
            _settleSince = _now;
            foreach (SimulatedCall call in _calls)
            {
                if (call.Duration == long.MaxValue && !call.HasEnded)
                {
                    Cancel(call, evenIfRunning: true);
                }
            }

            return;
        }

        Add(Pause(), SimulatedEventKind.Step);
        if (_calls.Count > 0 && _random.Chance(_profile.CancelPercent))
        {
            Cancel(_calls[_random.Below(_calls.Count)], _random.Chance(60));
        }
        else if (_random.Chance(_profile.ResizePercent))
        {
            Resize(_random.Between(1, _profile.MaxWorkers + 2));
        }
        else if (_workers.Count > 0 && _random.Chance(_profile.RecyclePercent))
        {
            Recycle(_workers[_random.Below(_workers.Count)]);
        }
        else if (_workers.Count > 0 && _random.Chance(_profile.KillPercent))
        {
            Add(Wire(), SimulatedEventKind.Dies, _workers[_random.Below(_workers.Count)], FromOutside);
        }
        else if (_workers.Count > 0 && _random.Chance(_profile.EchoPercent))
        {
            Echo(_workers[_random.Below(_workers.Count)]);
        }
        else if (_random.Chance(_profile.EndPercent))
        {
            EndPool();
        }
        else
        {
            for (int i = _random.Chance(_profile.BurstPercent) ? _random.Between(2, _profile.LargestBurst) : 1; i > 0; i--)
            {
                Submit();
            }
        }
    }

    private void Submit()
    {
        bool endless = _random.Chance(_profile.EndlessPercent);
        var call = new SimulatedCall
        {
            Duration = endless ? long.MaxValue : _random.Ticks(_profile.ShortestCall, _profile.LongestCall),
            Throws = _random.Chance(10),
            Stubborn = _random.Chance(_profile.StubbornPercent),
            Retries = _random.Chance(_profile.RetryPercent) ? _random.Between(1, 2) : 0,
            Timeout = _random.Chance(_profile.TimeoutPercent)
                ? new TimeSpan(_random.Ticks(Math.Max(_profile.ShortestCall / 2, 1), _profile.LongestCall * 2))
                : null,
            Priority = _profile.HasPriorities ? _random.Between(LowestPriority, HighestPriority) : 0,
            Grace = _random.Chance(20) ? new TimeSpan(_random.Below(3) * TimeSpan.TicksPerMillisecond) : null,
            InQueue = true,
        };
        bool expected = !_shutdownAsked && !_brokenIssued;
        Log($"Submit: {(endless ? "endless" : $"{Milliseconds(call.Duration)} ms")}, timeout {call.Timeout}, retries {call.Retries}");
        if (expected)
        {
            _calls.Add(call); // Before: the core may send it within Submit.
        }

        bool accepted = _core.Submit(call, Now);
        Check(accepted == expected, "Submit is refused if, and only if, the pool is shut down or broken");
        Settled();
    }

    private void Cancel(SimulatedCall call, bool evenIfRunning)
    {
        bool hadEnded = call.HasEnded;
        PoolCallState state = call.State;
        Log($"Cancel {call}, even if running: {evenIfRunning}");
        call.CancelAsked |= evenIfRunning;
        call.CancelIfNotStartedAsked = true;
        PoolCancelAnswer answer = _core.Cancel(call, evenIfRunning, Now);
        Log($"    {answer}");
        Settled(executeAtOnce: false);
        Check(answer != PoolCancelAnswer.Cancelled || (call.HasEnded && !hadEnded), "Cancelled means that it has ended now");
        Check(answer != PoolCancelAnswer.TooLate || hadEnded || (state == PoolCallState.Running && !evenIfRunning),
            "a call can be cancelled until it has ended, or has started and is to be left alone then");
        Check(answer != PoolCancelAnswer.Requested || !hadEnded, "an ended call cannot be cancelled");
    }

    private void Resize(int workers)
    {
        Log($"Resize to {workers}");
        _resizedDown |= workers < _maxWorkers;
        _maxWorkers = workers;
        _peakWorkers = Math.Max(_peakWorkers, workers);
        _core.Resize(workers, Now);
        Settled();
    }

    private void Recycle(SimulatedWorker worker)
    {
        Log($"Recycle {worker}");
        worker.IsRecycled = true;
        _core.Recycle(worker.Core, Now);
        Settled();
    }

    private void EndPool()
    {
        _shutdownAsked = true;
        switch (_random.Below(4))
        {
            case 0:
                Shutdown(cancelPending: false);
                break;
            case 1:
                Shutdown(cancelPending: true);
                break;
            default:
                bool gently = _random.Chance(50);
                Log($"Terminate, gently: {gently}");
                _terminateAsked = true;
                _core.Terminate(gently, "terminated", Now);
                Settled();
                break;
        }
    }

    private void Shutdown(bool cancelPending)
    {
        Log($"Shutdown, cancel pending: {cancelPending}");
        _shutdownAsked = true;
        _cancelPendingAsked |= cancelPending;
        _core.Shutdown(cancelPending, Now);
        Settled();
    }

    /// <summary>Without faults everything drains; then the pool is shut down, and ends.</summary>
    private void Settle()
    {
        if (_now - _settleSince > SettleLimit && !_endedIssued)
        {
            Fail("without faults the pool drains in bounded time");
        }

        if (!_shutdownAsked && (_core.OpenCalls == 0 || _random.Chance(2)))
        {
            Shutdown(cancelPending: false);
        }
    }

    private void Tick()
    {
        _tickAt = long.MaxValue;
        _core.Tick(Now);
        CheckTimes();
        Settled();
        Check(_core.NextDeadline is not { } next || next >= Now, "a Tick leaves nothing that was due before it");
    }

    /// <summary>Events that come twice, too late, or from a driver with a bug.</summary>
    private void Echo(SimulatedWorker worker)
    {
        Log($"stray events of {worker}");
        bool wasKnown = worker.IsKnown;
        long wrong = worker.Outstanding.Count > 0 && _random.Chance(50)
            ? worker.Outstanding[^1].Sequence + 1
            : worker.LastWritten - _random.Below(2);
        if (!worker.Outstanding.Exists(frame => frame.Sequence == wrong))
        {
            Check(!_core.ResultArrived(worker.Core, wrong, PoolResultKind.Succeeded, null, TimeSpan.Zero, Now),
                "a result with a wrong number is refused");
        }

        if (worker.ReadyDelivered || !wasKnown)
        {
            _core.WorkerReady(worker.Core, Now);
        }

        if (!worker.RevokeOpen || !wasKnown)
        {
            _core.Revoked(worker.Core, _random.Below(3), Now);
        }

        if (!wasKnown)
        {
            _core.WorkerDied(worker.Core, _random.Below(9), "echo", Now);
            _core.WorkerStartFailed(worker.Core, "echo", PoolStartFailure.InitializerThrew, Now);
        }

        Settled();
    }

    /// <summary>After each event: check the core, take its commands, execute them now or later.</summary>
    private void Settled(bool executeAtOnce = true)
    {
        _core.AssertInvariants(Now);
        while (_core.TryTake(out PoolCommand command))
        {
            Issued(command);
            _toExecute.Enqueue(command);
        }

        if (_toExecute.Count > 0 && !_executing && !_executeScheduled)
        {
            if (executeAtOnce && !_random.Chance(_profile.LaggingPercent))
            {
                Execute();
            }
            else
            {
                ScheduleExecute();
            }
        }

        if (_core.NextDeadline is { } deadline && deadline.Ticks < _tickAt)
        {
            _tickAt = deadline.Ticks;
            Add(Math.Max(deadline.Ticks - _now, 0) + Lag(), SimulatedEventKind.Tick);
        }
    }

    private void ScheduleExecute()
    {
        _executeScheduled = true;
        Add(Lag(), SimulatedEventKind.Execute);
    }

    private void Add(
        long delay, SimulatedEventKind kind, SimulatedWorker? worker = null, long number = 0, SimulatedResult? result = null) =>
        _events.Add(new SimulatedEvent(_now + delay, ++_order, kind, worker, number, result));

    private long Pause() => _random.Chance(40) ? 0 : _random.Ticks(1, _profile.LongestPause);

    private long Wire() => _random.Ticks(1, _profile.LongestWire);

    private long Lag() => _random.Chance(_profile.LaggingPercent) ? _random.Ticks(1, _profile.LongestLag) : 0;

    private bool Fault(int percent) => !_settling && _random.Chance(percent);

    private static string Milliseconds(long ticks) =>
        ((double)ticks / TimeSpan.TicksPerMillisecond).ToString("0.000", CultureInfo.InvariantCulture);

    private void Log([InterpolatedStringHandlerArgument("")] SimulationMessage text) =>
        _trace?.Append(Milliseconds(_now).PadLeft(10)).Append("  ").AppendLine(text.ToString());
}
