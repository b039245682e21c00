using Telar.Multiprocessing.Pools;

namespace Telar.Simulation.Pools;

// The workers: they start, claim by the shared word, run, obey or not, and die at every step.
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
            fate = _random.Chance(_profile.CursedReadyPercent) ? Fate.Ready : Fate.Dies;
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
}
