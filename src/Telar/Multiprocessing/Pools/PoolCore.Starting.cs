namespace Telar.Multiprocessing.Pools;

// Beginnings: starting workers on demand, counting failures, replacing workers whose budget is used up, resizing.
internal sealed partial class PoolCore
{
    private const int ProcessesPerSlot = 2;

    private int _failures; // In a row, of workers that failed in their task: what breaks the pool.
    private int _pauses; // Those, and workers that died idle before their first call: what the pause grows with.
    private TimeSpan _notBefore;

    // Until measured: about what starting a runtime takes.
    private TimeSpan _expectedStartTime = TimeSpan.FromMilliseconds(100);

    /// <summary>A worker has started and run its initializer.</summary>
    public void WorkerReady(PoolWorker worker, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(worker);
        if (worker.State != PoolWorkerState.Starting)
        {
            return; // It was stopped or killed meanwhile.
        }

        SetState(worker, PoolWorkerState.Ready);
        SetDeadline(worker, TimeSpan.MaxValue);
        _expectedStartTime = Average(_expectedStartTime, now - worker.StartedAt);

        // Only for now: if it dies before it has started a call, the count goes on where it stood.
        worker.FailuresBefore = _failures;
        worker.PausesBefore = _pauses;
        _failures = 0;
        _pauses = 0;
        MakeAvailable(worker, now);
        Dispatch(now);
    }

    /// <summary>A worker could not be started, or its initializer failed, and nothing of it is left.</summary>
    /// <param name="worker">Which worker; one that is gone is ignored.</param>
    /// <param name="cause">What happened; handed on if the pool breaks.</param>
    /// <param name="failure">Whether another try may help.</param>
    /// <param name="now">The time.</param>
    public void WorkerStartFailed(PoolWorker worker, object? cause, PoolStartFailure failure, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(worker);
        if (worker.State < PoolWorkerState.Gone)
        {
            Bury(worker, 0, cause, failure, now);
            Dispatch(now);
        }
    }

    /// <summary>Replaces a worker after the call that it runs: it has grown too big, or too old.</summary>
    /// <param name="worker">Which worker; one that is on its way out already is ignored.</param>
    /// <param name="now">The time.</param>
    public void Recycle(PoolWorker worker, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(worker);
        worker.Exhausted = false; // Whatever of its budget comes back, it does not go on.
        if (worker is { State: <= PoolWorkerState.Ready, Retiring: false })
        {
            _recycled++;
            Retire(worker, now);
            Dispatch(now);
        }
    }

    private void StartWorkers(TimeSpan now)
    {
        int room = Math.Min(_maxWorkers - _slots, (ProcessesPerSlot * _maxWorkers) - _workers.Count);
        if (room <= 0 || _broken || _terminated)
        {
            return;
        }

        int demand = _idle.Count > 0 ? 0 : _queue.Count + _waiting - WaitingAtExhausted() - _starting;
        int wanted = _policy.Prestart && !_closing ? room : Math.Min(room, demand);
        if (wanted <= 0)
        {
            return;
        }

        if (_pauses > 0)
        {
            // After a failure: one probe at a time, and not at once.
            if (_starting > 0)
            {
                return;
            }

            if (now < _notBefore)
            {
                Arm(_notBefore);
                return;
            }

            wanted = 1;
        }

        for (; wanted > 0; wanted--)
        {
            StartWorker(now);
        }
    }

    /// <summary>
    /// How many calls wait at workers whose budget they use up. Those workers run them soon, or they come back to the queue: a replacement is
    /// not started for them.
    /// </summary>
    private int WaitingAtExhausted()
    {
        int waiting = 0;
        if (_policy.MaxTasksPerWorker is not null && _waiting > 0)
        {
            foreach (PoolWorker worker in _workers)
            {
                waiting += worker.Exhausted ? worker.Waiting : 0;
            }
        }

        return waiting;
    }

    private PoolWorker StartWorker(TimeSpan now)
    {
        var worker = new PoolWorker(++_lastNumber, now) { HoldsSlot = true };
        _slots++;
        _starting++;
        _workers.Add(worker);
        _commands.Add(new PoolCommand(PoolCommandKind.StartWorker, worker));
        SetDeadline(worker, After(now, _policy.StartTimeout));
        return worker;
    }

    /// <param name="worker">The worker that failed.</param>
    /// <param name="cause">What is known about it.</param>
    /// <param name="failure">Whether another try may help.</param>
    /// <param name="useless">
    /// Whether it failed in its task, so that the pool may break for it: it was never ready, or had a call and did not start it.
    /// A worker that dies idle before its first call only delays its successor.
    /// </param>
    /// <param name="now">The time.</param>
    private void NoteFailedStart(PoolWorker worker, object? cause, PoolStartFailure failure, bool useless, TimeSpan now)
    {
        if (_broken || _terminated || (_closing && OpenCalls == 0))
        {
            return;
        }

        _startFailures++;
        _pauses = Math.Max(_pauses, worker.PausesBefore) + 1;
        _failures = Math.Max(_failures, worker.FailuresBefore) + (useless ? 1 : 0);
        if (useless && (failure == PoolStartFailure.InitializerThrew || _failures >= _policy.MaxStartFailures))
        {
            Break(worker, cause, now);
            return;
        }

        TimeSpan pause = _policy.FirstBackoff;
        for (int i = 1; i < _pauses && pause < _policy.MaxBackoff; i++)
        {
            pause *= 2;
        }

        _notBefore = After(now, pause < _policy.MaxBackoff ? pause : _policy.MaxBackoff);
    }

    private void Break(PoolWorker worker, object? cause, TimeSpan now)
    {
        _broken = true;
        _closing = true;
        _brokenCause = cause;
        _commands.Add(new PoolCommand(PoolCommandKind.PoolBroken, worker, Payload: cause));
        EndQueue(PoolCallOutcome.Broken, cause);
        foreach (PoolWorker other in _workers)
        {
            if (other.State == PoolWorkerState.Starting)
            {
                StopWorker(other, now);
            }
        }
    }

    /// <summary>Replace first, then drain: gives the slot of a worker away before, or when, its budget is used up.</summary>
    private void PlanRecycling(PoolWorker worker, TimeSpan now)
    {
        if (_policy.MaxTasksPerWorker is not { } budget)
        {
            return;
        }

        int left = budget - worker.Assigned;
        if (left <= 0)
        {
            worker.Exhausted = true;
            worker.Retiring = true;
            _recycled++;
            ReleaseSlot(worker);
            Unlink(worker, now);
            return;
        }

        // What is left will be done before a replacement that starts now is ready: it takes the slot over, and waits idle for
        // the budget to run out, so that the workers that can be assigned a call never exceed MaxWorkers.
        if (_measured
            && _expectedRunTime.Ticks <= _expectedStartTime.Ticks / left
            && worker is { HoldsSlot: true, Successor: null }
            && _slots >= _maxWorkers
            && _workers.Count < ProcessesPerSlot * _maxWorkers
            && _queue.Count > 0
            && _pauses == 0)
        {
            ReleaseSlot(worker);
            PoolWorker successor = StartWorker(now);
            worker.Successor = successor;
            successor.Predecessor = worker;
        }
    }

    /// <summary>Some of a used-up budget came back: go on with it, if the slot is still free.</summary>
    private void TryGoOn(PoolWorker worker)
    {
        if (worker is { Exhausted: true, State: PoolWorkerState.Ready }
            && worker.Assigned < _policy.MaxTasksPerWorker
            && _slots < _maxWorkers)
        {
            worker.Exhausted = false;
            worker.Retiring = false;
            worker.HoldsSlot = true;
            _slots++;
            _recycled--;
        }
    }

    /// <summary>A Ready worker without a call waits for one, unless it is to stop or has to wait for its predecessor.</summary>
    private void MakeAvailable(PoolWorker worker, TimeSpan now)
    {
        if (worker.State != PoolWorkerState.Ready || worker.Calls.Count > 0 || worker.RevokePending || worker.IsIdle)
        {
            return;
        }

        if (worker.Retiring)
        {
            StopWorker(worker, now);
        }
        else if (worker.Predecessor is null)
        {
            worker.IsIdle = true;
            _idle.Add(worker);
            SetDeadline(worker, _policy.IdleTimeout is { } patience ? After(now, patience) : TimeSpan.MaxValue);
            _noRoom = false; // There will be, behind the call that it gets.
        }
    }

    /// <summary>Parts a worker that can get no further call from its predecessor and its successor.</summary>
    private void Unlink(PoolWorker worker, TimeSpan now)
    {
        if (worker.Successor is { } successor)
        {
            worker.Successor = null;
            successor.Predecessor = null;
            MakeAvailable(successor, now);
        }

        if (worker.Predecessor is { } predecessor && !worker.HoldsSlot)
        {
            // It did not live to take over: the slot goes back.
            worker.Predecessor = null;
            predecessor.Successor = null;
            predecessor.HoldsSlot = true;
            _slots++;
        }
    }

    private PoolWorker CheapestToRetire()
    {
        PoolWorker? cheapest = null;
        int lowest = int.MaxValue;
        foreach (PoolWorker worker in _workers)
        {
            int cost = worker switch
            {
                { State: > PoolWorkerState.Ready } => 0,
                { Predecessor: not null } => 1,
                { State: PoolWorkerState.Starting } => 2,
                { IsIdle: true } => 3,
                _ => 4 + worker.Calls.Count,
            };
            if (worker.HoldsSlot && cost < lowest)
            {
                lowest = cost;
                cheapest = worker;
            }
        }

        return cheapest!; // Slots are in use, so somebody holds one.
    }

    private void Retire(PoolWorker worker, TimeSpan now)
    {
        worker.Retiring = true;
        ReleaseSlot(worker);
        Unlink(worker, now);
        if (worker.State == PoolWorkerState.Starting)
        {
            StopWorker(worker, now);
        }
        else if (worker.Waiting > 0)
        {
            Revoke(worker, now); // After the call that it runs, not after those behind.
        }
        else if (worker.Calls.Count == 0 && !worker.RevokePending)
        {
            StopWorker(worker, now);
        }
    }

    private void ReleaseSlot(PoolWorker worker)
    {
        if (worker.HoldsSlot)
        {
            worker.HoldsSlot = false;
            _slots--;
        }
    }

    private void SetState(PoolWorker worker, PoolWorkerState state)
    {
        if (worker.State == PoolWorkerState.Starting)
        {
            _starting--;
        }

        worker.State = state;
        worker.TakeBackAt = TimeSpan.MaxValue;
        if (worker.IsIdle)
        {
            worker.IsIdle = false;
            _idle.Remove(worker);
        }
    }
}
