using System.Diagnostics.CodeAnalysis;

namespace Telar.Multiprocessing.Pools;

// The scheduling of a pool, without clock, thread or socket: events in, commands out (docs/design/pool-core.md).
//
// State machine of a call
//
//            Submit           sent to an idle worker            result; death without retries left
//      New ---------> Queued --------------------------> Running ----------------------------------> Ended
//                     | ^ |  sent behind a call           ^   |                                        ^
//                     | | +----------------------> Sent --+   |     Sent -> Running: the result before it
//                     | |   taken back              |         |     arrived, or a Revoke found it started
//                     | +---------------------------+---------+     taken back: a Revoke or a death found it
//                     |                                             not started; retry: a death while it ran
//                     +--- Cancel, Shutdown(cancelPending), Terminate, broken pool --------------------+
//
// State machine of a worker
//
//      Starting --ready--> Ready --StopWorker--> Stopping --died--> Gone
//         |                  |                      |
//         +- Kill, Terminate +----------------------+--> Killing --died--> Gone
//         (who dies in any state is Gone)                   |
//                                                           +--KillTimeout--> Lost
//
// Invariants (AssertInvariants checks all but I6)
//   I1  The queue is sorted by priority, then by Id, and only its front is ever sent: calls of a priority start in the order of
//       submission, but for those that were taken back, and for what waits (at most PrefetchTarget) behind a busy worker.
//   I2  The calls at a worker have ascending sequences. The first is Running, or a Revoke is pending; the others are Sent, but
//       for those that a Revoke has found started, which are Running too: all before the last of them have finished.
//   I3  Only a Ready worker without pending Revoke is sent a call, and never while one of its calls is being stopped.
//       Hence results arrive in sequence, and a kill can hit no other call than the one it was issued for.
//   I4  Workers that hold a slot <= MaxWorkers; those that can be assigned a call <= those that hold a slot;
//       no worker is started beyond 2 x MaxWorkers processes.
//   I5  After an event no call is queued while a worker is idle, or while another call may wait at a busy one; and none
//       waits at a busy one while a worker is idle, but for those that are being taken back or were so just now.
//   I6  Every submitted call gets one CallEnded; Attempts counts its CallRunning, which never exceed 1 + Retries.
// Locks
//   None. The driver calls every member under one lock of its own, takes the commands there, and executes them outside it.
// Ownership
//   A call belongs to the core from Submit to CallEnded. Workers are made here; their Tag is the driver's.
internal sealed partial class PoolCore
{
    /// <summary>The payload of a call that timed out before its worker had begun it.</summary>
    public static readonly object NotStarted = new();

    private readonly PoolPolicy _policy;
    private readonly List<PoolWorker> _workers = [];
    private readonly List<PoolWorker> _idle = []; // A stack: the worker used last has the warmest caches.
    private readonly PoolQueue _queue = new();
    private readonly PoolCommandQueue _commands = new();

    private int _maxWorkers;
    private int _slots;
    private int _starting;
    private int _waiting;
    private int _running;
    private long _lastId;
    private int _lastNumber;

    private bool _closing;
    private bool _cancelPending;
    private bool _broken;
    private bool _terminated;
    private bool _ended;
    private object? _brokenCause;

    /// <summary>Makes a pool that has no worker yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The policy has a value with which no pool could work.</exception>
    public PoolCore(PoolPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        policy.Validate();
        _policy = policy;
        _maxWorkers = policy.MaxWorkers;
    }

    /// <value>What the pool was made with; <see cref="Resize"/> does not change it.</value>
    public PoolPolicy Policy => _policy;

    /// <value>How many workers may hold a slot now.</value>
    public int MaxWorkers => _maxWorkers;

    /// <value>How many calls were submitted and have not ended.</value>
    public int OpenCalls => _queue.Count + _waiting + _running;

    /// <summary>Starts the workers of a pool that starts them all at once. Without effect on others.</summary>
    public void Start(TimeSpan now) => Dispatch(now);

    /// <summary>Accepts a call.</summary>
    /// <param name="call">A new record; it belongs to the core until it has ended.</param>
    /// <param name="now">A monotonic time, the same clock for all events.</param>
    /// <returns>False, and nothing happens, if the pool is shut down or broken.</returns>
    /// <exception cref="InvalidOperationException">The record was submitted before.</exception>
    public bool Submit(PoolCall call, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.State != PoolCallState.New)
        {
            throw new InvalidOperationException(
                $"Submit needs a new record, but {call} is {call.State}. A record serves one call: make another one.");
        }

        if (_closing)
        {
            return false;
        }

        call.Id = ++_lastId;
        call.State = PoolCallState.Queued;
        _queue.AddLast(call);
        Dispatch(now);
        return true;
    }

    /// <summary>Stops a call.</summary>
    /// <param name="call">A call of this pool.</param>
    /// <param name="evenIfRunning">
    /// True to ask a running call to stop, and to kill its worker after the grace; false to leave it alone if it has started.
    /// </param>
    /// <param name="now">The time.</param>
    /// <returns>What has become of it.</returns>
    /// <exception cref="InvalidOperationException">The call was never submitted.</exception>
    public PoolCancelAnswer Cancel(PoolCall call, bool evenIfRunning, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(call);
        PoolCancelAnswer answer;
        switch (call.State)
        {
            case PoolCallState.Queued:
                _queue.Remove(call);
                End(call, PoolCallOutcome.Cancelled, null, null);
                answer = PoolCancelAnswer.Cancelled;
                break;

            case PoolCallState.Sent:
                StopCall(call, evenIfRunning ? PoolCancelReason.Cancel : PoolCancelReason.IfNotStarted, now);
                answer = PoolCancelAnswer.Requested;
                break;

            case PoolCallState.Running when evenIfRunning:
                StopCall(call, PoolCancelReason.Cancel, now);
                answer = PoolCancelAnswer.Requested;
                break;

            case PoolCallState.New:
                throw new InvalidOperationException($"Cancel needs a submitted call, but {call} is {call.State}.");

            default:
                answer = PoolCancelAnswer.TooLate;
                break;
        }

        Dispatch(now);
        return answer;
    }

    /// <summary>Stops every call there is, pending or running. The pool goes on.</summary>
    /// <param name="now">The time.</param>
    /// <returns>How many calls there were.</returns>
    public int CancelAll(TimeSpan now)
    {
        int count = OpenCalls;
        EndQueue(PoolCallOutcome.Cancelled, null);
        foreach (PoolWorker worker in _workers)
        {
            for (PoolCall? call = worker.Calls.First; call is not null; call = call.Next)
            {
                StopCall(call, PoolCancelReason.Cancel, now);
            }
        }

        Dispatch(now);
        return count;
    }

    /// <summary>A worker sent a result.</summary>
    /// <param name="worker">Which worker.</param>
    /// <param name="sequence">The number under which the call was sent.</param>
    /// <param name="kind">How the call came to its end.</param>
    /// <param name="payload">Handed on in the command that ends the call.</param>
    /// <param name="runTime">How long it ran, by the worker's clock.</param>
    /// <param name="now">The time.</param>
    /// <returns>
    /// False, and the payload is the driver's to drop, if it is no result that the core waits for: the worker was given up, or
    /// the number is wrong, which from a living worker is a breach of the protocol.
    /// </returns>
    public bool ResultArrived(
        PoolWorker worker, long sequence, PoolResultKind kind, object? payload, TimeSpan runTime, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(worker);
        if (worker.Calls.First is not { } call || call.Sequence != sequence)
        {
            return false; // The list of a worker that is gone or lost is empty.
        }

        worker.Proven = true;
        worker.IsSluggish = false;
        worker.CallsRun++;
        worker.BusyTime += runTime;
        Measure(runTime);
        call.HasBegun = true;
        MarkRunning(call, worker);
        LeaveWorker(call, worker);

        PoolCallOutcome outcome = kind switch
        {
            PoolResultKind.Succeeded => PoolCallOutcome.Succeeded,
            PoolResultKind.Cancelled when call.IsBeingStopped => OutcomeOfStop(call),
            _ => PoolCallOutcome.Failed,
        };
        End(call, outcome, worker, outcome == PoolCallOutcome.Broken ? _brokenCause : payload);
        Advance(worker, now);
        Dispatch(now);
        return true;
    }

    /// <summary>The answer to <see cref="PoolCommandKind.Revoke"/>.</summary>
    /// <param name="worker">Which worker.</param>
    /// <param name="lastStarted">The highest number it had started; nothing above it ever starts there.</param>
    /// <param name="now">The time.</param>
    public void Revoked(PoolWorker worker, long lastStarted, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(worker);
        if (!worker.RevokePending)
        {
            return;
        }

        worker.RevokePending = false;
        worker.KnownStarted = lastStarted;
        worker.Proven |= lastStarted > 0;
        PoolCall? next;
        PoolCall? returned = null;
        bool stalled = false;
        for (PoolCall? call = worker.Calls.First; call is not null; call = next)
        {
            next = call.Next;
            if (call.Sequence > lastStarted)
            {
                // First in line for its whole time limit, and not begun: the worker may be stopped for good, and whatever else it is
                // given would wait for ever. Once, and for less than a second, may be the load of the machine.
                stalled |= call is { State: PoolCallState.Running, CancelReason: PoolCancelReason.Timeout }
                    && worker.State == PoolWorkerState.Ready
                    && (worker.IsSluggish || now - call.RunningSince >= s_stallTime);
                worker.Assigned--;
                worker.IsSluggish |= call.State == PoolCallState.Running;
                LeaveWorker(call, worker);
                returned = TakeBack(call, worker, returned);
            }
            else
            {
                KnowStarted(call, worker, lastStarted, now);
            }
        }

        if (stalled)
        {
            Kill(worker, now); // Nothing is left at it that it could have begun.
        }

        TryGoOn(worker);
        Advance(worker, now);
        Dispatch(now);
    }

    /// <summary>Changes how many workers there may be.</summary>
    /// <remarks>Fewer: those without a call stop first, busy ones after the call that they run.</remarks>
    public void Resize(int maxWorkers, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWorkers, 1);
        _maxWorkers = maxWorkers;
        while (_slots > _maxWorkers)
        {
            Retire(CheapestToRetire(), now);
        }

        foreach (PoolWorker worker in _workers)
        {
            ArmTakeBack(worker); // With a single worker nothing is taken back; there may be more of them now.
        }

        Dispatch(now);
    }

    /// <summary>Accepts no further call, and ends the pool when no call is left.</summary>
    /// <param name="cancelPending">Whether calls that have not started are cancelled; they are not run again either.</param>
    /// <param name="now">The time.</param>
    public void Shutdown(bool cancelPending, TimeSpan now)
    {
        _closing = true;
        if (cancelPending && !_cancelPending)
        {
            _cancelPending = true;
            EndQueue(PoolCallOutcome.Cancelled, null);
            foreach (PoolWorker worker in _workers)
            {
                if (worker.Waiting > 0)
                {
                    Revoke(worker, now);
                }
            }
        }

        Dispatch(now);
    }

    /// <summary>Ends all workers and breaks the pool. What is pending ends at once, what runs when the death of its worker is confirmed.</summary>
    /// <param name="gently">Whether workers are asked first and get <see cref="PoolPolicy.StopGrace"/> to exit before they are killed.</param>
    /// <param name="cause">The payload of every call that ends with it; not used when the pool is broken already.</param>
    /// <param name="now">The time.</param>
    public void Terminate(bool gently, object? cause, TimeSpan now)
    {
        if (_ended)
        {
            return;
        }

        _closing = true;
        _cancelPending = true;
        _terminated = true;
        if (!_broken)
        {
            _broken = true;
            _brokenCause = cause;
            _commands.Add(new PoolCommand(PoolCommandKind.PoolBroken, Payload: cause));
        }

        EndQueue(PoolCallOutcome.Broken, _brokenCause);
        foreach (PoolWorker worker in _workers)
        {
            for (PoolCall? call = worker.Calls.First; call is not null; call = call.Next)
            {
                Mark(call, worker, PoolCancelReason.Terminate);
            }

            if (worker.Calls.Count > 0)
            {
                Revoke(worker, now); // So that the death finds one call at most.
            }

            if (gently)
            {
                AskToExit(worker, now);
            }
            else
            {
                Kill(worker, now);
            }
        }

        Dispatch(now);
    }

    /// <summary>Takes the next command. After each event, take until there is none.</summary>
    public bool TryTake([MaybeNullWhen(false)] out PoolCommand command) => _commands.TryTake(out command);

    private void EndQueue(PoolCallOutcome outcome, object? cause)
    {
        while (_queue.First is { } call)
        {
            _queue.Remove(call);
            End(call, outcome, null, cause);
        }
    }

    private void End(PoolCall call, PoolCallOutcome outcome, PoolWorker? worker, object? payload)
    {
        call.State = PoolCallState.Ended;
        call.Outcome = outcome;
        _outcomes[(int)outcome]++;
        _commands.Add(new PoolCommand(PoolCommandKind.CallEnded, worker, call, call.Sequence, outcome, payload));
    }
}
