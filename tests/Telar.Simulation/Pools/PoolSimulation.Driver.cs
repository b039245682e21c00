using Telar.Multiprocessing.Pools;

namespace Telar.Simulation.Pools;

// The driver: executes commands in order and perhaps late, and tells the core what came back.
internal sealed partial class PoolSimulation
{
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

            case PoolCommandKind.Terminate:
                if (!worker.IgnoresStop)
                {
                    Add(Wire(), SimulatedEventKind.Dies, worker, FromOutside);
                }

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
