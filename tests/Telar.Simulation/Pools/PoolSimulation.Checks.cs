using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Telar.Multiprocessing.Pools;

namespace Telar.Simulation.Pools;

// The properties. Each failure names one.
internal sealed partial class PoolSimulation
{
    private int _maxWorkers;
    private int _peakWorkers;
    private bool _resizedDown;
    private bool _shutdownAsked;
    private bool _cancelPendingAsked;
    private bool _terminateAsked;
    private bool _brokenIssued;
    private bool _endedIssued;
    private object? _brokenCause;

    private SimulatedResult? _delivering;
    private SimulatedCall? _guilty;
    private SimulatedWorker? _dyingWorker;
    private long _shortestRun = long.MaxValue;
    private int _oldestQueued;
    private readonly long[] _youngestSent = new long[HighestPriority - LowestPriority + 1];
    private int _failuresInARow;
    private int _startsProvedUseless;
    private long _lastFailureAt;
    private bool _initializerThrew;

    private void Issued(in PoolCommand command)
    {
        Log($"    -> {command.Kind} {command.Worker} {command.Call} {command.Sequence} {command.Outcome}");
        Check(!_endedIssued, "nothing follows PoolEnded");
        switch (command.Kind)
        {
            case PoolCommandKind.StartWorker:
                StartIssued(command.Worker!);
                break;
            case PoolCommandKind.Send:
                SendIssued((SimulatedWorker)command.Worker!.Tag!, (SimulatedCall)command.Call!, command.Sequence);
                break;
            case PoolCommandKind.RequestCancel:
                CancelIssued((SimulatedWorker)command.Worker!.Tag!, command);
                break;
            case PoolCommandKind.Revoke:
                RevokeIssued((SimulatedWorker)command.Worker!.Tag!, command.Sequence);
                break;
            case PoolCommandKind.Kill:
                KillIssued((SimulatedWorker)command.Worker!.Tag!, command);
                break;
            case PoolCommandKind.Terminate:
                Check(_terminateAsked && ((SimulatedWorker)command.Worker!.Tag!).IsKnown, "only its owner has a worker exit in the middle of a call");
                break;
            case PoolCommandKind.StopWorker:
                StopIssued((SimulatedWorker)command.Worker!.Tag!);
                break;
            case PoolCommandKind.CallRunning:
                var running = (SimulatedCall)command.Call!;
                Check(!running.HasEnded, "no call is announced after its end");
                Check(++running.Announcements <= 1 + running.Guilty, "a call is announced at most once an attempt");
                break;
            case PoolCommandKind.CallEnded:
                EndIssued((SimulatedCall)command.Call!, command);
                break;
            case PoolCommandKind.PoolBroken:
                Check(!_brokenIssued, "the pool breaks once");
                int givenUp = _workers.Count(worker => worker.Core is { StartTimedOut: true, State: PoolWorkerState.Lost });
                Check(_terminateAsked || _initializerThrew || _startsProvedUseless + givenUp >= _profile.Policy.MaxStartFailures,
                    "a pool breaks only for an initializer that threw, after MaxStartFailures useless starts, or by its owner");
                _brokenIssued = true;
                _brokenCause = command.Payload;
                break;
            case PoolCommandKind.PoolEnded:
                Check(_shutdownAsked || _brokenIssued, "a pool ends after a shutdown, or broken");
                Check(!_calls.Exists(call => !call.HasEnded), "a pool ends after its last call");
                Check(!_workers.Exists(worker => worker.IsKnown), "a pool ends after its last worker");
                _endedIssued = true;
                break;
        }
    }

    private void StartIssued(PoolWorker core)
    {
        int known = 0, starting = 0;
        foreach (SimulatedWorker other in _workers)
        {
            known += other.IsKnown ? 1 : 0;
            starting += other.IsKnown && other.Core.State == PoolWorkerState.Starting ? 1 : 0;
        }

        Check(known < 2 * _maxWorkers, "never more than 2 x MaxWorkers processes at a start");
        Check(!_brokenIssued && !_terminateAsked, "no start after the end of the pool");
        if (_failuresInARow > 0)
        {
            Check(starting == 0, "after a failed start there is one start at a time");
            Check(_now >= _lastFailureAt + _profile.Policy.FirstBackoff.Ticks, "after a failed start there is a pause");
        }

        var worker = new SimulatedWorker(core);
        core.Tag = worker;
        _workers.Add(worker);
        Check(core.Number == _workers.Count, "workers are numbered through");
    }

    private void SendIssued(SimulatedWorker worker, SimulatedCall call, long sequence)
    {
        Check(worker is { ReadyDelivered: true, EndDelivered: false, StopIssued: false, KillIssued: false, IsRecycled: false },
            "a call is sent to a worker that is ready and neither recycled nor stopped nor killed nor dead");
        Check(!worker.RevokeOpen, "nothing is sent while a Revoke is open");
        Check(!_cancelPendingAsked && !_terminateAsked && !_brokenIssued, "nothing is sent once what is pending is over");
        Check(sequence == worker.LastSent + 1, "each sending has the next number of its worker");
        worker.LastSent = sequence;

        Check(call is { InQueue: true, HasEnded: false }, "only a queued call is sent");
        call.InQueue = false;
        CheckIsOldest(call);
        ref long youngest = ref _youngestSent[call.Priority - LowestPriority];
        Check(call.WasReturned || call.Id > youngest, "calls of a priority that never came back are sent in the order of submission");
        youngest = Math.Max(youngest, call.Id);

        int waiting = worker.Outstanding.Count;
        Check(waiting <= _profile.Policy.MaxPrefetch, "at most MaxPrefetch calls wait at a worker");
        Check(waiting == 0 || waiting <= _profile.Policy.PrefetchTarget.Ticks / Math.Max(_shortestRun, 1),
            "no more than PrefetchTarget of work waits at a worker, and none before run times are measured");
        foreach (SimulatedFrame frame in worker.Outstanding)
        {
            Check(!frame.Call.IsBeingStopped, "nothing is sent behind a call that is being stopped");
        }

        Check(++worker.Assigned <= (_profile.Policy.MaxTasksPerWorker ?? int.MaxValue), "no worker gets more than its budget");
        worker.Outstanding.Add(new SimulatedFrame(call, sequence));
    }

    private void CheckIsOldest(SimulatedCall call)
    {
        if (_profile.HasPriorities)
        {
            Check(_calls.TrueForAll(other => !other.InQueue || other.Priority < call.Priority || (other.Priority == call.Priority && other.Id >= call.Id)),
                "of the highest priority the oldest queued call is sent first");
            return;
        }

        while (_oldestQueued < _calls.Count && !_calls[_oldestQueued].InQueue)
        {
            _oldestQueued++;
        }

        Check(_oldestQueued >= call.Id - 1, "the oldest queued call is sent first");
    }

    private void NoteQueued(SimulatedCall call) => _oldestQueued = (int)Math.Min(_oldestQueued, call.Id - 1);

    private void CancelIssued(SimulatedWorker worker, in PoolCommand command)
    {
        var call = (SimulatedCall)command.Call!;
        Check(worker.Outstanding.Count > 0 && worker.Outstanding[0].Sequence == command.Sequence,
            "the call that is first at its worker is asked to stop");
        Check(call.CancelAsked || (call.Timeout is { } limit && Now >= call.RunningSince + limit) || _terminateAsked,
            "a call is asked to stop because somebody wants it, or its time is over");
        worker.CancelRequestedAt = _now;
        worker.CancelRequestedFor = command.Sequence;
    }

    private void RevokeIssued(SimulatedWorker worker, long through)
    {
        Check(!worker.RevokeOpen, "one Revoke at a time");
        Check(through == worker.LastSent, "a Revoke is for all that was sent");
        worker.RevokeOpen = true;
    }

    private void KillIssued(SimulatedWorker worker, in PoolCommand command)
    {
        Check(worker.IsKnown && !worker.KillIssued, "a worker is killed once, and not after its end");
        worker.KillIssued = true;
        worker.KillSequence = command.Sequence;
        if (command.Call is not SimulatedCall call || _terminateAsked)
        {
            return;
        }

        TimeSpan grace = call.Grace ?? _profile.Policy.DefaultGrace;
        bool asked = worker.CancelRequestedFor == command.Sequence && _now >= worker.CancelRequestedAt + grace.Ticks;
        Check(grace == TimeSpan.Zero || asked, "a worker is killed after its call was asked to stop and had its grace");
        Check(worker.Outstanding.TrueForAll(frame => frame.Sequence <= worker.Started || !_profile.HasWord),
            "before a kill all that has not started is taken back");
    }

    private void StopIssued(SimulatedWorker worker)
    {
        Check(worker.IsKnown && !worker.StopIssued, "a worker is asked to exit once, and not after its end");
        Check(worker.Outstanding.Count == 0, "a worker with calls is not asked to exit");
        worker.StopIssued = true;
    }

    /// <summary>The generation property: checked when the driver kills, and again when the process dies of it.</summary>
    private void CheckKillLands(SimulatedWorker worker, long sequence)
    {
        if (sequence >= 0 && worker.Alive && !_terminateAsked)
        {
            Check(worker.Current is null || worker.CurrentSequence == sequence, "a kill hits the call that it was issued for, or none");
        }
    }

    private void CheckBodyMayStart(SimulatedWorker worker, SimulatedCall call)
    {
        bool givenUp = worker.Core.State == PoolWorkerState.Lost;
        Check(!call.HasEnded || givenUp, "no body starts after its call has ended");
        Check(call.RunsAt is null, "a call never runs at two living workers");
        Check(call.BodyStarts <= call.Guilty, "a body starts again only after it was lost in a death");
        Check(call.BodyStarts <= call.Retries, "a body starts at most 1 + Retries times");
    }

    private void EndIssued(SimulatedCall call, in PoolCommand command)
    {
        Check(!call.HasEnded, "a call ends once");
        call.HasEnded = true;
        call.InQueue = false;
        bool givenUp = command.Worker is { State: PoolWorkerState.Lost };
        if (givenUp)
        {
            ((SimulatedWorker)command.Worker!.Tag!).Outstanding.Clear();
        }

        Check(call.RunsAt is null || givenUp, "a call has ended only when no living worker runs it");
        bool hasResult = _delivering is { } result && result.Call == call && ReferenceEquals(result, command.Payload);
        bool stopped = (call.CancelAsked && !hasResult)
            || (call.CancelAsked && _delivering!.Kind == PoolResultKind.Cancelled)
            || (call.CancelIfNotStartedAsked && call.BodyStarts <= call.Guilty)
            || _cancelPendingAsked;
        bool legal = command.Outcome switch
        {
            PoolCallOutcome.Succeeded => hasResult && _delivering!.Kind == PoolResultKind.Succeeded,
            PoolCallOutcome.Failed => hasResult && _delivering!.Kind == PoolResultKind.Failed,
            PoolCallOutcome.Cancelled => stopped && (!hasResult || _delivering!.Kind == PoolResultKind.Cancelled),
            PoolCallOutcome.TimedOut => call.Timeout is { } limit && Now >= call.RunningSince + limit && call.Announcements > 0,
            PoolCallOutcome.WorkerDied => call == _guilty && ReferenceEquals(command.Payload, _dyingWorker)
                && (call.Guilty > call.Retries || _cancelPendingAsked || _brokenIssued || _terminateAsked),
            PoolCallOutcome.Broken => _brokenIssued && ReferenceEquals(command.Payload, _brokenCause),
            _ => false,
        };
        Check(legal, $"a call ends for a reason (not {command.Outcome})");
        Check(call.HasBegun || call.BodyStarts == 0, "a call that has not begun by the pool's account has not");
        Check(!hasResult || call.BodyStarts - 1 <= call.Guilty, "a call with a result has run once, and once more for each death");
        Check(call != _guilty || command.Outcome is not (PoolCallOutcome.Succeeded or PoolCallOutcome.Failed), "no result of the dead");
    }

    private void NoteStartFailure(SimulatedWorker worker, bool threw)
    {
        if (worker.Core.State == PoolWorkerState.Starting || worker.Core.StartTimedOut)
        {
            _failuresInARow += _brokenIssued || _terminateAsked || (_shutdownAsked && _core.OpenCalls == 0) ? 0 : 1;
            _lastFailureAt = _now;
            _startsProvedUseless++;
            _initializerThrew |= threw;
            Check(_failuresInARow <= _profile.Policy.MaxStartFailures + _peakWorkers - 1 || _brokenIssued,
                "starts that fail in a row are bounded");
        }
    }

    /// <summary>After a Tick in time nothing is overdue.</summary>
    private void CheckTimes()
    {
        foreach (SimulatedWorker worker in _workers)
        {
            if (worker.Core is not { State: PoolWorkerState.Ready, CurrentCall: { State: PoolCallState.Running } call })
            {
                continue;
            }

            Check(call.IsBeingStopped || call.Sequence < worker.KnownStarted
                || call.Timeout is not { } limit || Now < call.RunningSince + limit,
                "a call beyond its time limit is being stopped");
            Check(worker.Outstanding.TrueForAll(frame => frame.Sequence <= worker.KnownStarted || frame.Call == call)
                || worker.Core.RevokePending || _maxWorkers == 1
                || Now < call.RunningSince + _profile.Policy.PrefetchTarget,
                "no call waits at a worker longer than PrefetchTarget");
        }
    }

    private void CheckEnd()
    {
        SimulatedCall? open = _calls.Find(call => !call.HasEnded);
        Check(open is null, $"every call ends ({open} is {open?.State} at {open?.Worker})");
        Check(_endedIssued, "the pool ends after a shutdown");
        foreach (SimulatedCall call in _calls)
        {
            Check(call.BodyStarts <= 1 + Math.Min(call.Guilty, call.Retries), "a body runs once, and once more for each retry");
            Check(call.Announcements <= 1 + call.Retries, "a call is announced at most 1 + Retries times");
            Check(call.Attempts == call.Announcements, "Attempts counts the announcements");
            bool returned = call.Outcome is PoolCallOutcome.Succeeded or PoolCallOutcome.Failed;
            Check(!returned || call.BodyEnds >= 1, "a result comes from a body that has run to its end");
        }

        Check(_workers.TrueForAll(static worker => worker.Core.State != PoolWorkerState.Lost || worker.KillIssued), "only a worker that was killed is given up");
        PoolStatistics statistics = _core.Snapshot();
        Check(statistics.Succeeded + statistics.Failed + statistics.Cancelled + statistics.TimedOut
            + statistics.WorkerDied + statistics.Broken == statistics.Submitted, "the statistics count each call once");
        Check(statistics is { Processes: 0, Queued: 0, Waiting: 0, Running: 0 }, "an ended pool is empty");
        CheckStarts(statistics);
    }

    /// <summary>
    /// The bound on starts: each one fills a slot for the first time, replaces a worker that ended for a reason, or is a
    /// successor started early (one at most for each worker there is) that the pool's end finds unused.
    /// </summary>
    private void CheckStarts(in PoolStatistics statistics)
    {
        int deaths = 0;
        foreach (SimulatedWorker worker in _workers)
        {
            deaths += !worker.StopIssued ? 1 : 0; // It died, was killed or failed to start.
        }

        if (!_resizedDown)
        {
            int early = _profile.Policy.MaxTasksPerWorker is null ? 0 : _peakWorkers;
            Check(statistics.Started <= _peakWorkers + early + statistics.Recycled + deaths, "a start needs a free slot");
        }
    }

    private void Check(bool condition, [InterpolatedStringHandlerArgument("condition")] SimulationMessage property)
    {
        if (!condition)
        {
            Fail(property.ToString());
        }
    }

    private void Check(bool condition, string property)
    {
        if (!condition)
        {
            Fail(property);
        }
    }

    [DoesNotReturn]
    private void Fail(string property) => throw new SimulationFailure($"'{property}' does not hold at {Milliseconds(_now)} ms (seed {_seed})");
}
