namespace Telar.Multiprocessing.Pools;

// Ends: of calls that are stopped, of workers that are, and of the pool.
internal sealed partial class PoolCore
{
    /// <summary>A worker has died. First deliver every result that it had sent.</summary>
    /// <param name="worker">Which worker; one that is gone or was given up is ignored.</param>
    /// <param name="lastStarted">The highest number that it had started, 0 for none.</param>
    /// <param name="death">What is known about it; handed on with the call that it hit.</param>
    /// <param name="now">The time.</param>
    public void WorkerDied(PoolWorker worker, long lastStarted, object? death, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(worker);
        if (worker.State < PoolWorkerState.Gone)
        {
            Bury(worker, lastStarted, death, PoolStartFailure.Transient, now);
            Dispatch(now);
        }
    }

    private static PoolCallOutcome OutcomeOfStop(PoolCall call) => call.CancelReason switch
    {
        PoolCancelReason.Timeout => PoolCallOutcome.TimedOut,
        PoolCancelReason.Terminate => PoolCallOutcome.Broken,
        _ => PoolCallOutcome.Cancelled,
    };

    private static void Mark(PoolCall call, PoolWorker worker, PoolCancelReason reason)
    {
        if (!call.IsBeingStopped)
        {
            call.CancelReason = reason;
            worker.Stops += call.IsBeingStopped ? 1 : 0;
        }
    }

    /// <summary>A Revoke has found that a call had started, and perhaps a later one of its worker too.</summary>
    private void KnowStarted(PoolCall call, PoolWorker worker, long lastStarted, TimeSpan now)
    {
        if (call.State == PoolCallState.Sent)
        {
            call.RunningSince = now;
            MarkRunning(call, worker);
        }

        // Too late for a call that was to be stopped only before its start; and for one that has even finished, since a later
        // one has started, so that its result is on the way: a kill for it would hit that later one.
        if (call.CancelReason == PoolCancelReason.IfNotStarted
            || (call.Sequence < lastStarted && worker.State == PoolWorkerState.Ready))
        {
            worker.Stops -= call.IsBeingStopped ? 1 : 0;
            call.CancelReason = PoolCancelReason.None;
        }
    }

    /// <summary>
    /// Stops a call that is at a worker. What is known about its start may be out of date, and calls may wait behind it: both
    /// are settled by a Revoke, whose answer goes on in <see cref="Advance"/>.
    /// </summary>
    private void StopCall(PoolCall call, PoolCancelReason reason, TimeSpan now)
    {
        if (call.IsBeingStopped || call.Worker is not { } worker)
        {
            return;
        }

        Mark(call, worker, reason);
        if (worker.State == PoolWorkerState.Ready)
        {
            if (worker.Calls.First == call && call.IsBeingStopped)
            {
                ClearRunDeadline(worker);
            }

            Revoke(worker, now);
        }
    }

    private void AskToStop(PoolCall call, PoolWorker worker, TimeSpan now)
    {
        TimeSpan grace = call.Grace ?? _policy.DefaultGrace;
        if (grace == TimeSpan.Zero)
        {
            Kill(worker, now);
            return;
        }

        _commands.Add(new PoolCommand(PoolCommandKind.RequestCancel, worker, call, call.Sequence));
        SetDeadline(worker, After(now, grace));
    }

    private void Kill(PoolWorker worker, TimeSpan now)
    {
        if (worker.State == PoolWorkerState.Killing && !worker.KillIsDue)
        {
            return;
        }

        worker.KillIsDue = false;
        EnterKilling(worker, now);
        _killed++;
        _commands.Add(new PoolCommand(PoolCommandKind.Kill, worker, worker.Calls.First, worker.Calls.First?.Sequence ?? 0));
        SetDeadline(worker, After(now, _policy.KillTimeout));
    }

    /// <summary>Has a worker end whatever it runs, in an orderly way if it can: killed when it takes too long.</summary>
    private void AskToExit(PoolWorker worker, TimeSpan now)
    {
        if (worker.State == PoolWorkerState.Killing)
        {
            return;
        }

        EnterKilling(worker, now);
        worker.KillIsDue = true;
        _commands.Add(new PoolCommand(PoolCommandKind.Terminate, worker));
        SetDeadline(worker, After(now, _policy.StopGrace));
    }

    private void EnterKilling(PoolWorker worker, TimeSpan now)
    {
        if (worker.State != PoolWorkerState.Killing)
        {
            SetState(worker, PoolWorkerState.Killing);
            Unlink(worker, now);
        }
    }

    private void StopWorker(PoolWorker worker, TimeSpan now)
    {
        if (worker.State > PoolWorkerState.Ready)
        {
            return;
        }

        SetState(worker, PoolWorkerState.Stopping);
        _commands.Add(new PoolCommand(PoolCommandKind.StopWorker, worker));
        SetDeadline(worker, After(now, _policy.StopGrace));
    }

    /// <summary>A killed worker does not die, perhaps for a wait inside the kernel. The pool goes on without it.</summary>
    private void GiveUp(PoolWorker worker, TimeSpan now)
    {
        _lost++;

        // Nobody knows what it still does, so all that it might have started counts as started and is not run again.
        Bury(worker, worker.LastSent, null, PoolStartFailure.Transient, now, PoolWorkerState.Lost);
    }

    private void Bury(
        PoolWorker worker,
        long lastStarted,
        object? cause,
        PoolStartFailure failure,
        TimeSpan now,
        PoolWorkerState end = PoolWorkerState.Gone)
    {
        bool hadCalls = worker.Calls.Count > 0;
        bool wasReady = worker.State == PoolWorkerState.Ready;
        bool failedToStart = worker.State == PoolWorkerState.Starting || worker.StartTimedOut;
        worker.Proven |= lastStarted > 0;
        worker.RevokePending = false;
        _workers.Remove(worker);
        SetState(worker, end);
        ReleaseSlot(worker);
        Unlink(worker, now);
        _noRoom = false;

        PoolCall? returned = null;
        while (worker.Calls.First is { } call)
        {
            // With <= and not ==: a call before the last started one without a result has run too, whatever became of it.
            if (call.Sequence <= lastStarted)
            {
                call.HasBegun = true;
                MarkRunning(call, worker);
                LeaveWorker(call, worker);
                EndStarted(call, worker, cause);
            }
            else
            {
                LeaveWorker(call, worker);
                returned = TakeBack(call, worker, returned);
            }
        }

        if (failedToStart || (wasReady && !worker.Proven))
        {
            NoteFailedStart(worker, cause, failure, useless: failedToStart || hadCalls, now);
        }
    }

    /// <summary>A call whose worker died while it ran.</summary>
    private void EndStarted(PoolCall call, PoolWorker worker, object? cause)
    {
        if (call.IsBeingStopped)
        {
            PoolCallOutcome outcome = OutcomeOfStop(call);
            End(call, outcome, worker, outcome == PoolCallOutcome.Broken ? _brokenCause : cause);
        }
        else if (call.Attempts <= call.Retries && !_cancelPending && !_broken && worker.State != PoolWorkerState.Lost)
        {
            _retried++;
            call.Announced = false;
            call.CancelReason = PoolCancelReason.None;
            Enqueue(call, null);
        }
        else
        {
            End(call, PoolCallOutcome.WorkerDied, worker, cause);
        }
    }

    private void Close(TimeSpan now)
    {
        foreach (PoolWorker worker in _workers)
        {
            StopWorker(worker, now);
        }

        if (_workers.Count == 0 && !_ended)
        {
            _ended = true;
            _commands.Add(new PoolCommand(PoolCommandKind.PoolEnded));
        }
    }
}
