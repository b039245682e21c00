using Telar.Multiprocessing.Pools;

namespace Telar.Simulation.Pools;

/// <summary>A worker process: its shared word, its two wires, and what the driver has been told about it.</summary>
internal sealed class SimulatedWorker(PoolWorker core)
{
    public PoolWorker Core { get; } = core;

    // The shared word {started, revokedThrough}. A schedule is one thread, so each change is one atomic step.
    public long Started { get; set; }

    public long RevokedThrough { get; set; }

    // The process.
    public bool Alive { get; set; }

    public bool IsReady { get; set; }

    public bool ClaimScheduled { get; set; }

    public SimulatedCall? Current { get; set; }

    public long CurrentSequence { get; set; }

    public long CurrentSince { get; set; }

    /// <value>Number of the body that runs: an event for an earlier one is out of date.</value>
    public long Run { get; set; }

    public bool ObeysCancel { get; set; }

    /// <value>The number of the call whose result was written last.</value>
    public long LastWritten { get; set; }

    public bool IgnoresStop { get; set; }

    public bool IgnoresKill { get; set; }

    public Queue<SimulatedFrame> OnWire { get; } = new();

    public Queue<SimulatedFrame> Inbox { get; } = new();

    /// <value>When the last frame arrives at the worker and at the driver: each wire keeps its order.</value>
    public long ToWorker { get; set; }

    public long ToDriver { get; set; }

    // The driver's knowledge, from events that it has delivered and commands that were issued.
    public bool ReadyDelivered { get; set; }

    public bool EndDelivered { get; set; }

    public bool IsRecycled { get; set; }

    public bool StopIssued { get; set; }

    public bool KillIssued { get; set; }

    public long KillSequence { get; set; }

    public bool RevokeOpen { get; set; }

    /// <value>What the last answer to a Revoke said.</value>
    public long KnownStarted { get; set; }

    public long LastSent { get; set; }

    /// <value>The highest number that the driver has really written.</value>
    public long LastExecuted { get; set; }

    public int Assigned { get; set; }

    public List<SimulatedFrame> Outstanding { get; } = [];

    public long CancelRequestedAt { get; set; }

    public long CancelRequestedFor { get; set; }

    /// <value>Whether the core may still count on it.</value>
    public bool IsKnown => !EndDelivered && Core.State < PoolWorkerState.Gone;

    public override string ToString() => $"worker {Core.Number}";
}
