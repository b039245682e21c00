namespace Telar.Multiprocessing.Pools;

// Who gets which call: sending, prefetch and taking back.
internal sealed partial class PoolCore
{
    // How quickly the average follows: one run a thousand times too long switches prefetch off for some fifty results.
    private const int AverageOver = 8;

    // How long a worker may leave a call alone that it could begin.
    private static readonly TimeSpan s_stallTime = TimeSpan.FromSeconds(1);

    private TimeSpan _expectedRunTime;
    private bool _measured;
    private int _prefetchDepth;

    // No busy worker had room when last looked at; saves the search on each Submit to a saturated pool. What makes room
    // (a result, an answer, a new worker) clears it; time passing only takes room away.
    private bool _noRoom;

    /// <summary>Brings the pool to rest after an event: send, start, share out, close.</summary>
    private void Dispatch(TimeSpan now)
    {
        while (_queue.First is { } call && TakeWorker(now) is { } worker)
        {
            SendTo(worker, call, now);
        }

        StartWorkers(now);
        if (_idle.Count > 0 && _waiting > 0)
        {
            ShareOut(now);
        }

        if (_closing && OpenCalls == 0)
        {
            Close(now);
        }
    }

    private PoolWorker? TakeWorker(TimeSpan now)
    {
        if (_idle.Count > 0)
        {
            PoolWorker worker = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            worker.IsIdle = false;
            return worker;
        }

        if (_noRoom || _prefetchDepth == 0)
        {
            return null;
        }

        PoolWorker? busy = LeastBusyWithRoom(now);
        _noRoom = busy is null;
        return busy;
    }

    private PoolWorker? LeastBusyWithRoom(TimeSpan now)
    {
        PoolWorker? best = null;
        foreach (PoolWorker worker in _workers)
        {
            if (worker.Calls.Count <= _prefetchDepth
                && (best is null || worker.Calls.Count < best.Calls.Count)
                && MaySendBehind(worker, now))
            {
                best = worker;
            }
        }

        return best;
    }

    private bool MaySendBehind(PoolWorker worker, TimeSpan now)
    {
        // A call that already runs longer than what may wait will not end soon: nothing is put behind it.
        return worker is { State: PoolWorkerState.Ready, Retiring: false, RevokePending: false, Stops: 0, IsSluggish: false }
            && worker.Calls.First is { State: PoolCallState.Running } current
            && now - current.RunningSince < _policy.PrefetchTarget;
    }

    private void SendTo(PoolWorker worker, PoolCall call, TimeSpan now)
    {
        _queue.Remove(call);
        worker.Calls.AddLast(call);
        worker.Assigned++;
        call.Worker = worker;
        call.Sequence = ++worker.LastSent;
        call.State = PoolCallState.Sent;
        worker.Waiting++;
        _waiting++;
        _commands.Add(new PoolCommand(PoolCommandKind.Send, worker, call, call.Sequence));
        if (worker.Calls.Count == 1)
        {
            Announce(call, worker, now);
        }
        else
        {
            ArmTakeBack(worker);
        }

        PlanRecycling(worker, now);
    }

    /// <summary>A call has become first in line at its worker, where nothing stands before it any more.</summary>
    private void Announce(PoolCall call, PoolWorker worker, TimeSpan now)
    {
        call.RunningSince = now;
        MarkRunning(call, worker);
        SetRunDeadline(call, worker);
        ArmTakeBack(worker);
    }

    private void MarkRunning(PoolCall call, PoolWorker worker)
    {
        if (call.State == PoolCallState.Sent)
        {
            call.State = PoolCallState.Running;
            worker.Waiting--;
            _waiting--;
            _running++;
        }

        // A call that was announced, taken back unstarted and sent again is still the same attempt.
        if (!call.Announced)
        {
            call.Announced = true;
            call.Attempts++;
            _commands.Add(new PoolCommand(PoolCommandKind.CallRunning, worker, call, call.Sequence));
        }
    }

    /// <summary>After a call has left a worker or a Revoke was answered: who is first in line now?</summary>
    private void Advance(PoolWorker worker, TimeSpan now)
    {
        _noRoom = false;
        if (worker.Calls.First is not { } call)
        {
            ClearRunDeadline(worker);
            MakeAvailable(worker, now);
            return;
        }

        if (worker.RevokePending && (call.State == PoolCallState.Sent || call.IsBeingStopped))
        {
            ClearRunDeadline(worker); // The answer will tell whether it runs or comes back.
            return;
        }

        if (worker.State != PoolWorkerState.Ready)
        {
            MarkRunning(call, worker);
        }
        else if (call.State == PoolCallState.Sent)
        {
            Announce(call, worker, now);
        }
        else if (call.IsBeingStopped)
        {
            AskToStop(call, worker, now);
        }
        else
        {
            SetRunDeadline(call, worker);
            ArmTakeBack(worker);
        }
    }

    /// <summary>A call is no longer at its worker; its state is the caller's to set.</summary>
    private void LeaveWorker(PoolCall call, PoolWorker worker)
    {
        worker.Calls.Remove(call);
        if (call.State == PoolCallState.Running)
        {
            _running--;
        }
        else
        {
            worker.Waiting--;
            _waiting--;
        }

        if (call.IsBeingStopped)
        {
            worker.Stops--;
        }
    }

    /// <summary>A call that was sent and never started: back to its place in the queue, or to its end.</summary>
    /// <returns>The call from which to search for the place of the next, younger one.</returns>
    private PoolCall? TakeBack(PoolCall call, PoolWorker worker, PoolCall? from)
    {
        if (call.CancelReason is not (PoolCancelReason.None or PoolCancelReason.Terminate))
        {
            End(call, OutcomeOfStop(call), worker, call.CancelReason == PoolCancelReason.Timeout ? NotStarted : null);
        }
        else if (_broken)
        {
            End(call, PoolCallOutcome.Broken, null, _brokenCause);
        }
        else if (_cancelPending)
        {
            End(call, PoolCallOutcome.Cancelled, null, null);
        }
        else
        {
            Enqueue(call, from);
            return call;
        }

        return from;
    }

    private void Enqueue(PoolCall call, PoolCall? from)
    {
        call.State = PoolCallState.Queued;
        call.Worker = null;
        _queue.InsertByAge(call, from);
    }

    /// <summary>Issues a Revoke for all that was sent to a worker, unless one is under way.</summary>
    private void Revoke(PoolWorker worker, TimeSpan now)
    {
        if (worker.RevokePending)
        {
            return;
        }

        worker.RevokePending = true;
        worker.LastRevoke = now;
        worker.TakeBackAt = TimeSpan.MaxValue;
        _revokes++;
        _commands.Add(new PoolCommand(PoolCommandKind.Revoke, worker, Sequence: worker.LastSent));
    }

    /// <summary>A worker idles and others hold calls that have not started: take back those of the fullest.</summary>
    private void ShareOut(TimeSpan now)
    {
        PoolWorker? fullest = null;
        foreach (PoolWorker worker in _workers)
        {
            // At most once in PrefetchTarget a worker: in that time what waits there is expected to have run anyway.
            if (worker.Waiting > (fullest?.Waiting ?? 0)
                && !worker.RevokePending
                && (worker.LastRevoke == TimeSpan.MinValue || now - worker.LastRevoke >= _policy.PrefetchTarget))
            {
                fullest = worker;
            }
        }

        if (fullest is not null)
        {
            Revoke(fullest, now);
        }
    }

    /// <summary>
    /// Bounds how long a call waits behind another that turns out to be long: it goes back to the queue, whose front it takes,
    /// so that no prefetched call is overtaken for longer than PrefetchTarget.
    /// </summary>
    private void ArmTakeBack(PoolWorker worker)
    {
        if (worker is { State: PoolWorkerState.Ready, RevokePending: false, Waiting: > 0 }
            && _maxWorkers > 1
            && worker.Calls.First is { State: PoolCallState.Running } current)
        {
            worker.TakeBackAt = After(current.RunningSince, _policy.PrefetchTarget);
            Arm(worker.TakeBackAt);
        }
        else
        {
            worker.TakeBackAt = TimeSpan.MaxValue;
        }
    }

    private static TimeSpan Average(TimeSpan average, TimeSpan sample) =>
        new(average.Ticks + ((sample.Ticks - average.Ticks) / AverageOver));

    private void Measure(TimeSpan runTime)
    {
        runTime = runTime < TimeSpan.Zero ? TimeSpan.Zero : runTime;
        _expectedRunTime = _measured ? Average(_expectedRunTime, runTime) : runTime;
        _measured = true;
        long depth = _policy.PrefetchTarget.Ticks / Math.Max(_expectedRunTime.Ticks, 1);
        _prefetchDepth = (int)Math.Min(depth, _policy.MaxPrefetch);
    }
}
