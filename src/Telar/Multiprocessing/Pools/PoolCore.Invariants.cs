using System.Diagnostics;

namespace Telar.Multiprocessing.Pools;

// What is true between events, and how much has happened.
internal sealed partial class PoolCore
{
    private readonly long[] _outcomes = new long[(int)PoolCallOutcome.Broken + 1];
    private long _retried;
    private long _revokes;
    private int _startFailures;
    private int _recycled;
    private int _killed;
    private int _lost;

    /// <summary>Counts what there is and what there was. Walks over the workers, so not for every call.</summary>
    public PoolStatistics Snapshot()
    {
        int assignable = 0;
        foreach (PoolWorker worker in _workers)
        {
            assignable += IsAssignable(worker) ? 1 : 0;
        }

        return new PoolStatistics
        {
            MaxWorkers = _maxWorkers,
            Assignable = assignable,
            Starting = _starting,
            Idle = _idle.Count,
            Processes = _workers.Count,
            Queued = _queue.Count,
            Waiting = _waiting,
            Running = _running,
            Submitted = _lastId,
            Succeeded = _outcomes[(int)PoolCallOutcome.Succeeded],
            Failed = _outcomes[(int)PoolCallOutcome.Failed],
            Cancelled = _outcomes[(int)PoolCallOutcome.Cancelled],
            TimedOut = _outcomes[(int)PoolCallOutcome.TimedOut],
            WorkerDied = _outcomes[(int)PoolCallOutcome.WorkerDied],
            Broken = _outcomes[(int)PoolCallOutcome.Broken],
            Retried = _retried,
            Revokes = _revokes,
            Started = _lastNumber,
            StartFailures = _startFailures,
            Recycled = _recycled,
            Killed = _killed,
            Lost = _lost,
            ExpectedRunTime = _measured ? _expectedRunTime : null,
        };
    }

    /// <summary>
    /// Checks I1 to I5 of the head comment. For tests, after each event: it walks over all calls, which a pool with a hundred
    /// thousand of them must not do.
    /// </summary>
    /// <param name="now">The time of that event.</param>
    /// <exception cref="UnreachableException">The core has a bug, and the message names the broken invariant.</exception>
    [Conditional("DEBUG")]
    public void AssertInvariants(TimeSpan now)
    {
        int slots = 0, starting = 0, waiting = 0, running = 0, idle = 0, assignable = 0;
        AssertQueue();

        foreach (PoolWorker worker in _workers)
        {
            slots += worker.HoldsSlot ? 1 : 0;
            starting += worker.State == PoolWorkerState.Starting ? 1 : 0;
            idle += worker.IsIdle ? 1 : 0;
            assignable += IsAssignable(worker) ? 1 : 0;
            AssertCalls(worker, ref waiting, ref running);
            AssertLinks(worker);
        }

        Check(slots == _slots && starting == _starting, "I4: slots and starts are counted right");
        Check(waiting == _waiting && running == _running, "I2: calls at workers are counted right");
        Check(_slots <= _maxWorkers, "I4: slots <= MaxWorkers");
        Check(assignable <= _maxWorkers, "I4: assignable <= MaxWorkers");
        Check(idle == _idle.Count, "I5: the idle are counted right");
        Check(_idle.Count == 0 || _queue.Count == 0, "I5: no worker idles while a call is queued");
        Check(_queue.Count == 0 || _prefetchDepth == 0 || LeastBusyWithRoom(now) is null, "I5: no room is left unused");
        Check(_idle.Count == 0 || _workers.Exists(worker => worker.RevokePending)
            || !_workers.Exists(worker => worker.Waiting > 0 && worker.LastRevoke == TimeSpan.MinValue),
            "I5: no worker idles while others hold waiting calls");
        Check(!_ended || (_workers.Count == 0 && OpenCalls == 0), "an ended pool has nothing left");
    }

    private void AssertQueue()
    {
        PoolCall? previous = null;
        int count = 0;
        foreach (PoolCall call in _queue.Calls())
        {
            bool isAfter = previous is null || previous.Priority > call.Priority || (previous.Priority == call.Priority && previous.Id < call.Id);
            Check(call.State == PoolCallState.Queued && isAfter && (previous is not null || call == _queue.First), "I1: the queue is sorted and queued");
            previous = call;
            count++;
        }

        Check(count == _queue.Count, "I1: the queue is counted right");
    }

    private static bool IsAssignable(PoolWorker worker) =>
        worker is { State: PoolWorkerState.Ready, Retiring: false, Predecessor: null };

    private static void AssertLinks(PoolWorker worker)
    {
        Check(worker.Successor is null || (worker.Successor.Predecessor == worker && !worker.HoldsSlot), "I4: successor");
        Check(worker.Predecessor is null || (worker.Predecessor.Successor == worker && worker.HoldsSlot), "I4: predecessor");
        Check(!worker.Retiring || !worker.HoldsSlot, "I4: who retires has given its slot away");
        Check(!IsAssignable(worker) || worker.HoldsSlot || worker.Successor is { HoldsSlot: true }, "I4: assignable in a slot");
        bool idle = IsAssignable(worker) && worker.Calls.Count == 0 && !worker.RevokePending;
        Check(worker.IsIdle == idle, "I5: idle means that it can be sent a call at once");
    }

    private static void AssertCalls(PoolWorker worker, ref int waiting, ref int running)
    {
        long sequence = 0;
        int stops = 0;
        int sent = 0;
        for (PoolCall? call = worker.Calls.First; call is not null; call = call.Next)
        {
            Check(call.Worker == worker && call.Sequence > sequence, "I2: sequences ascend");
            sent += call.State == PoolCallState.Sent ? 1 : 0;
            Check(call.State == PoolCallState.Sent || (call.State == PoolCallState.Running && sent == 0), "I2: runs, then waits");
            Check(call == worker.Calls.First || sent > 0 || call.Sequence <= worker.KnownStarted, "I2: known to have started");
            sequence = call.Sequence;
            stops += call.IsBeingStopped ? 1 : 0;
            running += call.State == PoolCallState.Running ? 1 : 0;
        }

        waiting += sent;
        Check(sent == worker.Waiting, "I2: waiting calls are counted right");
        Check(sent < worker.Calls.Count || sent == 0 || worker.RevokePending, "I2: the first runs unless a Revoke is pending");
        Check(stops == worker.Stops, "I3: calls that are being stopped are counted right");
        Check(stops == 0 || worker.State >= PoolWorkerState.Killing || worker.RevokePending || worker.Calls.Count > 0,
            "I3: a stop is under way");
        Check(worker.State != PoolWorkerState.Killing || stops == worker.Calls.Count, "I3: a kill is for calls that are to stop");
        Check(worker.Calls.Count == 0 || worker.State is PoolWorkerState.Ready or PoolWorkerState.Killing,
            "I3: only a worker that was ready has calls");
    }

    private static void Check(bool condition, string invariant)
    {
        if (!condition)
        {
            throw new UnreachableException($"The pool core broke its invariant: {invariant}.");
        }
    }
}
