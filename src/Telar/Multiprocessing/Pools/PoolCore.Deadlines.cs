namespace Telar.Multiprocessing.Pools;

// Time. A worker has one deadline for its state and one for what waits at it; the pool has that of the next start.
internal sealed partial class PoolCore
{
    // Never later than the earliest deadline, and earlier only when that one was withdrawn: a Tick then finds nothing to do.
    // So setting and clearing a deadline, once a call, costs a comparison.
    private TimeSpan _nextDeadline = TimeSpan.MaxValue;

    /// <value>When to call <see cref="Tick"/> at the latest; <see langword="null"/> for not at all.</value>
    public TimeSpan? NextDeadline => _nextDeadline == TimeSpan.MaxValue ? null : _nextDeadline;

    /// <summary>Time has passed. Too early does nothing; too late only makes late what was due.</summary>
    public void Tick(TimeSpan now)
    {
        if (now < _nextDeadline)
        {
            return;
        }

        for (int i = _workers.Count - 1; i >= 0; i--) // Backwards: a worker that is given up leaves the list.
        {
            PoolWorker worker = _workers[i];
            if (worker.TakeBackAt <= now)
            {
                worker.TakeBackAt = TimeSpan.MaxValue;
                Revoke(worker, now);
            }

            if (worker.Deadline <= now)
            {
                worker.Deadline = TimeSpan.MaxValue;
                DeadlinePassed(worker, now);
            }
        }

        _nextDeadline = TimeSpan.MaxValue;
        foreach (PoolWorker worker in _workers)
        {
            Arm(worker.Deadline);
            Arm(worker.TakeBackAt);
        }

        Dispatch(now); // Arms the start that is held back, if it still is.
    }

    private static TimeSpan After(TimeSpan now, TimeSpan time) =>
        time < TimeSpan.Zero || time > TimeSpan.MaxValue - now ? TimeSpan.MaxValue : now + time;

    private void DeadlinePassed(PoolWorker worker, TimeSpan now)
    {
        switch (worker.State)
        {
            case PoolWorkerState.Starting:
                worker.StartTimedOut = true;
                Kill(worker, now);
                break;

            case PoolWorkerState.Ready when worker.Calls.First is { IsBeingStopped: false } call:
                StopCall(call, PoolCancelReason.Timeout, now);
                break;

            case PoolWorkerState.Ready when worker.IsIdle:
                Recycle(worker, now); // Nobody has needed it for IdleTimeout; the next is started when a call does.
                break;

            case PoolWorkerState.Ready:
            case PoolWorkerState.Stopping:
            case PoolWorkerState.Killing when worker.KillIsDue:
                Kill(worker, now); // The grace is over.
                break;

            case PoolWorkerState.Killing:
                GiveUp(worker, now);
                break;
        }
    }

    private void SetDeadline(PoolWorker worker, TimeSpan deadline)
    {
        worker.Deadline = deadline;
        Arm(deadline);
    }

    private void SetRunDeadline(PoolCall call, PoolWorker worker)
    {
        // None for a call that is known to have finished: whatever its time limit says, its result is on the way.
        bool isLimited = call.Timeout is not null && call.Sequence >= worker.KnownStarted;
        SetDeadline(worker, isLimited ? After(call.RunningSince, call.Timeout.GetValueOrDefault()) : TimeSpan.MaxValue);
    }

    /// <summary>Withdraws the time limit of a call, and no other: that of a kill, a stop or idling stands.</summary>
    private static void ClearRunDeadline(PoolWorker worker)
    {
        if (worker is { State: PoolWorkerState.Ready, IsIdle: false })
        {
            worker.Deadline = TimeSpan.MaxValue;
        }
    }

    private void Arm(TimeSpan deadline)
    {
        if (deadline < _nextDeadline)
        {
            _nextDeadline = deadline;
        }
    }
}
