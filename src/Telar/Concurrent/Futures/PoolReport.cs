using Telar.Concurrent.Futures.Observing;
using Telar.Multiprocessing.Pools;
using CoreStatistics = Telar.Multiprocessing.Pools.PoolStatistics;

namespace Telar.Concurrent.Futures;

/// <summary>Makes the public statistics from a pool's state; called under the pool's lock.</summary>
internal static class PoolReport
{
    public static PoolStatistics Make(CoreStatistics core, IEnumerable<WorkerSlot> slots, TimeSpan now, int died) => new()
    {
        CallsSubmitted = core.Submitted,
        CallsSucceeded = core.Succeeded,
        CallsFailed = core.Failed + core.TimedOut + core.WorkerDied + core.Broken,
        CallsCancelled = core.Cancelled,
        CallsRetried = core.Retried,
        CallsPending = core.Queued + core.Waiting,
        CallsRunning = core.Running,
        CallsEnded = Ended(core),
        WorkersStarted = core.Started,
        WorkersDied = died,
        Workers = [.. slots.Select(slot => Make(slot, now))],
    };

    /// <summary>The figures that are looked at often.</summary>
    public static ExecutorLoad Sum(CoreStatistics core, IEnumerable<WorkerSlot> slots, TimeSpan now, int died) =>
        new(core.Queued + core.Waiting, core.Running, Ended(core), core.Processes, core.Started, died);

    private static long Ended(in CoreStatistics core) =>
        core.Succeeded + core.Failed + core.Cancelled + core.TimedOut + core.WorkerDied + core.Broken;

    private static WorkerStatistics Make(WorkerSlot slot, TimeSpan now)
    {
        PoolWorker worker = slot.Worker;
        PoolCall? call = slot.EndedAt is null ? worker.CurrentCall : null;
        TimeSpan end = slot.EndedAt ?? now;
        TimeSpan stop = slot.StopAt ?? end;
        TimeSpan ready = slot.ReadyAt ?? stop;
        TimeSpan current = call is null ? TimeSpan.Zero : Positive(now - slot.CallSince);
        TimeSpan working = worker.BusyTime + current;
        return new WorkerStatistics
        {
            Name = slot.Name,
            ProcessId = slot.ProcessId,
            Status = StatusOf(slot, worker, call),
            Calls = worker.CallsRun,
            StartTime = Positive(ready - slot.DecidedAt),
            WaitingTime = Positive(stop - ready - working),
            WorkingTime = working,
            ExitTime = Positive(end - stop),
            CurrentCall = call?.Name,
            CurrentCallTime = current,
            Exit = slot.Exit?.ToString(),
            PeakMemory = slot.Exit?.MaxResidentBytes,
        };
    }

    private static WorkerStatus StatusOf(WorkerSlot slot, PoolWorker worker, PoolCall? call) => worker.State switch
    {
        _ when slot.EndedAt is not null => WorkerStatus.Ended,
        PoolWorkerState.Starting => WorkerStatus.Starting,
        PoolWorkerState.Ready => call is null ? WorkerStatus.Idle : WorkerStatus.Working,
        _ => WorkerStatus.Stopping,
    };

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
