using Telar.Multiprocessing.Pools;

namespace Telar.Simulation.Pools;

// The driver and the workers: what commands do, and what comes of it.
internal sealed partial class PoolSimulation
{
    private const long FromOutside = -1;
    private const long ByItself = -2;

    private enum Fate
    {
        Ready,
        SpawnFails,
        InitializerThrows,
        Dies,
        NeverReady,
    }

    private void Execute()
    {
        _executing = true;
        while (_toExecute.TryDequeue(out PoolCommand command))
        {
            Execute(command);
            if (_toExecute.Count > 0 && _random.Chance(_profile.LaggingPercent / 4))
            {
                ScheduleExecute();
                break;
            }
        }

        _executing = false;
    }

    private void Execute(in PoolCommand command)
    {
        if (command.Worker is not { Tag: SimulatedWorker worker })
        {
            return;
        }

        switch (command.Kind)
        {
            case PoolCommandKind.StartWorker:
                Spawn(worker);
                break;

            case PoolCommandKind.Send:
                if (worker.Alive)
                {
                    worker.LastExecuted = command.Sequence;
                    worker.OnWire.Enqueue(new SimulatedFrame((SimulatedCall)command.Call!, command.Sequence));
                    worker.ToWorker = Math.Max(worker.ToWorker, _now + Wire());
                    Add(worker.ToWorker - _now, SimulatedEventKind.FrameArrives, worker);
                }

                break;

            case PoolCommandKind.RequestCancel:
                worker.ToWorker = Math.Max(worker.ToWorker, _now + Wire());
                Add(worker.ToWorker - _now, SimulatedEventKind.CancelArrives, worker, command.Sequence);
                break;

            case PoolCommandKind.StopWorker:
                worker.ToWorker = Math.Max(worker.ToWorker, _now + Wire());
                Add(worker.ToWorker - _now, SimulatedEventKind.StopArrives, worker);
                break;

            case PoolCommandKind.Revoke:
                Revoke(worker, command.Sequence);
                break;

            case PoolCommandKind.Kill:
                CheckKillLands(worker, command.Sequence);
                if (!worker.IgnoresKill)
                {
                    Add(Wire(), SimulatedEventKind.Dies, worker, command.Sequence);
                }
                else if (_random.Chance(60))
                {
                    Add(_random.Ticks(1, _profile.Policy.KillTimeout.Ticks * 4), SimulatedEventKind.Dies, worker, command.Sequence);
                }

                break;
        }
    }

    private void Spawn(SimulatedWorker worker)
    {
        worker.Alive = true;
        worker.IgnoresStop = Fault(_profile.IgnoresStopPercent);
        worker.IgnoresKill = Fault(_profile.IgnoresKillPercent);
        Fate fate = Fault(_profile.StartFailurePercent) ? (Fate)_random.Between(1, 3) : Fate.Ready;
        if (fate == Fate.InitializerThrows && !Fault(_profile.InitializerPercent * 10))
        {
            fate = Fate.Dies;
        }

        if (Fault(_profile.NeverReadyPercent))
        {
            fate = Fate.NeverReady;
        }

        if (_profile.IsCursed)
        {
            fate = _random.Chance(50) ? Fate.Dies : Fate.Ready;
        }

        if (fate != Fate.NeverReady)
        {
            Add(_random.Ticks(1, _profile.LongestStart), SimulatedEventKind.StartEnds, worker, (long)fate);
        }
    }

    private void StartEnds(SimulatedWorker worker, long fate)
    {
        if (!worker.Alive)
        {
            return;
        }

        switch ((Fate)fate)
        {
            case Fate.Ready:
                Log($"{worker} is ready");
                worker.IsReady = true;
                if (worker.Core.State == PoolWorkerState.Starting)
                {
                    worker.ReadyDelivered = true;
                    _failuresInARow = 0;
                }

                _core.WorkerReady(worker.Core, Now);
                Settled();
                DieIf(Fault(_profile.DeathPercent), worker, "right after it was ready");
                ScheduleClaim(worker);
                break;

            case Fate.Dies:
                DieIf(true, worker, "before it was ready");
                break;

            default:
                bool threw = (Fate)fate == Fate.InitializerThrows;
                Log($"{worker} fails to start: {(Fate)fate}");
                worker.Alive = false;
                NoteStartFailure(worker, threw);
                worker.EndDelivered = true;
                _core.WorkerStartFailed(
                    worker.Core, worker, threw ? PoolStartFailure.InitializerThrew : PoolStartFailure.Transient, Now);
                Settled();
                break;
        }
    }

    private void FrameArrives(SimulatedWorker worker)
    {
        if (worker.Alive)
        {
            worker.Inbox.Enqueue(worker.OnWire.Dequeue());
            DieIf(_profile.IsCursed || Fault(_profile.DeathPercent), worker, "when it received a frame");
            ScheduleClaim(worker);
        }
    }

    private void ScheduleClaim(SimulatedWorker worker)
    {
        if (worker is { Alive: true, IsReady: true, Current: null, ClaimScheduled: false, Inbox.Count: > 0 })
        {
            worker.ClaimScheduled = true;
            Add(_random.Chance(50) ? 0 : Wire(), SimulatedEventKind.Claim, worker);
        }
    }

    private void Claim(SimulatedWorker worker)
    {
        worker.ClaimScheduled = false;
        while (worker is { Alive: true, Current: null } && worker.Inbox.TryDequeue(out SimulatedFrame frame))
        {
            if (_profile.HasWord && frame.Sequence <= worker.RevokedThrough)
            {
                Log($"{worker} skips {frame.Call} as {frame.Sequence}: revoked");
                continue;
            }

            worker.Started = frame.Sequence;
            if (Fault(_profile.DeathPercent))
            {
                DieIf(true, worker, $"between the claim of {frame.Call} as {frame.Sequence} and its body");
                return;
            }

            StartBody(worker, frame);
        }
    }

    private void StartBody(SimulatedWorker worker, in SimulatedFrame frame)
    {
        SimulatedCall call = frame.Call;
        Log($"{worker} runs {call} as {frame.Sequence}");
        CheckBodyMayStart(worker, call);
        call.BodyStarts++;
        call.RunsAt = worker;
        worker.Current = call;
        worker.CurrentSequence = frame.Sequence;
        worker.CurrentSince = _now;
        worker.ObeysCancel = false;
        if (call.Duration != long.MaxValue)
        {
            Add(call.Duration, SimulatedEventKind.BodyEnds, worker, ++worker.Run);
        }

        if (Fault(_profile.DeathPercent))
        {
            Add(_random.Ticks(1, Math.Min(call.Duration, TimeSpan.TicksPerSecond)), SimulatedEventKind.Dies, worker, ByItself);
        }
    }

    private void BodyEnds(SimulatedWorker worker, long run)
    {
        if (!worker.Alive || worker.Run != run || worker.Current is not { } call)
        {
            return;
        }

        call.BodyEnds++;
        worker.Run++;
        if (Fault(_profile.DeathPercent))
        {
            DieIf(true, worker, $"after {call}, before its result");
            return;
        }

        PoolResultKind kind = worker.ObeysCancel ? PoolResultKind.Cancelled
            : call.Throws ? PoolResultKind.Failed
            : PoolResultKind.Succeeded;
        var result = new SimulatedResult(worker, call, worker.CurrentSequence, kind, new TimeSpan(_now - worker.CurrentSince));
        Log($"{worker} writes the result of {call} as {result.Sequence}: {kind}");
        worker.LastWritten = worker.CurrentSequence;
        worker.Current = null;
        call.RunsAt = null;
        worker.ToDriver = Math.Max(worker.ToDriver, _now + Wire());
        Add(worker.ToDriver - _now, SimulatedEventKind.ResultDelivered, worker, 0, result);
        DieIf(Fault(_profile.DeathPercent), worker, "right after a result");
        ScheduleClaim(worker);
    }

    private void CancelArrives(SimulatedWorker worker, long sequence)
    {
        if (worker is { Alive: true, Current: { Stubborn: false } call, ObeysCancel: false }
            && worker.CurrentSequence == sequence)
        {
            Log($"{worker} tells {call} to stop");
            worker.ObeysCancel = true;
            Add(Wire(), SimulatedEventKind.BodyEnds, worker, ++worker.Run);
        }
    }

    private void StopArrives(SimulatedWorker worker)
    {
        if (!worker.Alive)
        {
            return;
        }

        Check(worker.Current is null, "a worker that runs a call is not asked to exit");
        if (!worker.IgnoresStop)
        {
            Add(Wire(), SimulatedEventKind.Dies, worker, ByItself);
        }
    }

    /// <summary>The compare-and-swap of the driver, in one step; the answer may travel.</summary>
    private void Revoke(SimulatedWorker worker, long through)
    {
        long started = through;
        if (_profile.HasWord)
        {
            worker.RevokedThrough = Math.Max(worker.RevokedThrough, through);
            started = worker.Started;
        }

        if (_random.Chance(_profile.LaggingPercent))
        {
            Add(Lag(), SimulatedEventKind.RevokeAnswered, worker, started);
        }
        else
        {
            DeliverRevoked(worker, started);
        }
    }

    private void DeliverRevoked(SimulatedWorker worker, long started)
    {
        Log($"{worker} had started {started} when it was revoked");
        if (worker.IsKnown && worker.RevokeOpen)
        {
            foreach (SimulatedFrame frame in worker.Outstanding)
            {
                if (frame.Sequence > started)
                {
                    frame.Call.InQueue = true;
                    frame.Call.WasReturned = true;
                    worker.Assigned--;
                    NoteQueued(frame.Call);
                }
            }

            worker.Outstanding.RemoveAll(frame => frame.Sequence > started);
            worker.RevokeOpen = false;
            worker.KnownStarted = started;
        }

        _core.Revoked(worker.Core, started, Now);
        Settled();
    }

    private void DieIf(bool condition, SimulatedWorker worker, string when)
    {
        if (condition && worker.Alive)
        {
            Log($"{worker} dies {when}");
            Die(worker);
        }
    }

    private void Die(SimulatedWorker worker)
    {
        if (!worker.Alive)
        {
            return;
        }

        Log($"{worker} is dead");
        worker.Alive = false;
        if (worker.Current is { } call)
        {
            call.RunsAt = null;
            worker.Current = null;
        }

        worker.ToDriver = Math.Max(worker.ToDriver, _now + Wire());
        Add(worker.ToDriver - _now, SimulatedEventKind.DeathDelivered, worker);
    }

    private void DeliverResult(SimulatedResult result)
    {
        SimulatedWorker worker = result.Worker;
        Log($"result of {result.Call} from {worker} as {result.Sequence}");
        bool expected = worker.IsKnown && worker.Outstanding.Exists(frame => frame.Sequence == result.Sequence);
        if (expected)
        {
            Check(worker.Outstanding[0].Sequence == result.Sequence, "the results of a worker come in the order of sending");
            worker.Outstanding.RemoveAt(0);
            _shortestRun = Math.Min(_shortestRun, result.RunTime.Ticks);
        }

        _delivering = result;
        bool accepted = _core.ResultArrived(worker.Core, result.Sequence, result.Kind, result, result.RunTime, Now);
        Settled(executeAtOnce: true);
        _delivering = null;
        Check(accepted == expected, "a result is accepted if, and only if, its call is out at a worker that is not given up");
        Check(!accepted || result.Call.HasEnded, "an accepted result ends its call");
    }

    private void DeliverDeath(SimulatedWorker worker)
    {
        if (worker.EndDelivered)
        {
            return;
        }

        long started = _profile.HasWord ? worker.Started : worker.LastExecuted;
        Log($"death of {worker}, last started {started}");
        if (worker.IsKnown)
        {
            foreach (SimulatedFrame frame in worker.Outstanding)
            {
                frame.Call.InQueue = true;
                frame.Call.WasReturned = true;
                NoteQueued(frame.Call);
                if (frame.Sequence <= started)
                {
                    Check(_guilty is null, "at most one call is guilty of a death");
                    frame.Call.Guilty++;
                    _guilty = frame.Call;
                }
            }

            if (!worker.ReadyDelivered)
            {
                NoteStartFailure(worker, threw: false);
            }
            else if (started == 0 && worker.Outstanding.Count > 0)
            {
                _startsProvedUseless++;
            }

            worker.Outstanding.Clear();
        }

        worker.EndDelivered = true;
        _dyingWorker = worker;
        _core.WorkerDied(worker.Core, started, worker, Now);
        Settled();
        _dyingWorker = null;
        _guilty = null;
    }
}
