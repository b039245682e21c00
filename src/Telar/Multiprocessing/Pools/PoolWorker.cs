namespace Telar.Multiprocessing.Pools;

/// <summary>One worker, from the command that starts it until it is gone. A replacement is a new object.</summary>
internal sealed class PoolWorker
{
    internal PoolWorker(int number, TimeSpan now)
    {
        Number = number;
        StartedAt = now;
    }

    /// <value>
    /// From 1, counted through the life of the pool and never used again: "pool-1/17" in a message is one process, not a
    /// place that several have held.
    /// </value>
    public int Number { get; }

    /// <value>Where it is in its life.</value>
    public PoolWorkerState State { get; internal set; }

    /// <value>The driver's own record of it: process, socket, shared page.</value>
    public object? Tag { get; set; }

    /// <value>When StartWorker was issued.</value>
    public TimeSpan StartedAt { get; }

    /// <value>How many calls it has finished.</value>
    public int CallsRun { get; internal set; }

    /// <value>How long it ran calls, as it says itself.</value>
    public TimeSpan BusyTime { get; internal set; }

    /// <value>Whether it was killed because it was not ready in time: the true cause of the death that follows.</value>
    public bool StartTimedOut { get; internal set; }

    /// <value>The call it runs or is about to start.</value>
    public PoolCall? CurrentCall => Calls.First;

    /// <value>How many calls were sent to it and have neither come back nor been taken back.</value>
    public int CallCount => Calls.Count;

    /// <value>The number of the last call sent.</value>
    public long LastSent { get; internal set; }

    internal PoolCallList Calls { get; } = new();

    /// <value>How many of its calls are Sent: neither running nor known to have started.</value>
    internal int Waiting { get; set; }

    /// <value>The last call that it is known to have started, from the answer to a Revoke: those before it have finished.</value>
    internal long KnownStarted { get; set; }

    /// <value>How many of its calls are to be stopped; while there are any it gets no new one.</value>
    internal int Stops { get; set; }

    /// <value>Calls sent less calls taken back: what counts against MaxTasksPerWorker.</value>
    internal int Assigned { get; set; }

    internal bool WasReady { get; set; }

    /// <value>Whether it is known to have started a call: from then on its death is no failure to start.</value>
    internal bool Proven { get; set; }

    /// <value>The run of failed starts before it became ready, to go on counting if it proves useless.</value>
    internal int FailuresBefore { get; set; }

    internal int PausesBefore { get; set; }

    /// <value>A Revoke was issued and not answered; nothing is sent meanwhile, so that results stay in sequence.</value>
    internal bool RevokePending { get; set; }

    /// <value>
    /// Even its first call had not started when it was revoked. Until it sends a result it gets one call at a time: a worker
    /// that is slow to wake up would else be relieved of its calls again and again, and never start one.
    /// </value>
    internal bool IsSluggish { get; set; }

    internal TimeSpan LastRevoke { get; set; } = TimeSpan.MinValue;

    /// <value>Whether it counts against MaxWorkers.</value>
    internal bool HoldsSlot { get; set; }

    /// <value>It gets no new call and is stopped when it has none left.</value>
    internal bool Retiring { get; set; }

    /// <value>It retires only because its budget is used up, and may go on if some of it comes back.</value>
    internal bool Exhausted { get; set; }

    /// <value>The worker started early to take over when the budget of this one is used up; it holds the slot of both.</value>
    internal PoolWorker? Successor { get; set; }

    /// <value>The worker whose end this one waits for; until then it gets no call.</value>
    internal PoolWorker? Predecessor { get; set; }

    internal bool IsIdle { get; set; }

    /// <value>It was only asked to exit, and is killed when its deadline passes.</value>
    internal bool KillIsDue { get; set; }

    /// <value>When its state must change by itself: start, run, grace, stop or kill time limit.</value>
    internal TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    /// <value>When calls that wait behind its current one are to be taken back.</value>
    internal TimeSpan TakeBackAt { get; set; } = TimeSpan.MaxValue;

    /// <inheritdoc/>
    public override string ToString() => $"worker {Number} ({State})";
}
