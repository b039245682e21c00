namespace Telar.Multiprocessing.Pools;

/// <summary>What the driver is to do; it executes commands in the order in which they were issued.</summary>
internal enum PoolCommandKind
{
    /// <summary>Start a process for <c>Worker</c>; answer WorkerReady, WorkerStartFailed or WorkerDied.</summary>
    StartWorker,

    /// <summary>Write <c>Call</c> as number <c>Sequence</c> to <c>Worker</c>.</summary>
    Send,

    /// <summary>Ask the call with number <c>Sequence</c>, and no other, to stop.</summary>
    RequestCancel,

    /// <summary>
    /// Make every call up to <c>Sequence</c> that <c>Worker</c> has not started impossible to start; answer Revoked. A driver
    /// without a shared word answers with <c>Sequence</c> itself: everything counts as started.
    /// </summary>
    Revoke,

    /// <summary>
    /// Kill <c>Worker</c>; answer WorkerDied. <c>Sequence</c> is the call it is killed for, 0 for none: nothing newer was or
    /// will be sent to this worker, so that the kill can hit no other call.
    /// </summary>
    Kill,

    /// <summary>Ask <c>Worker</c> to exit at once, whatever it does; answer WorkerDied. A Kill follows if it does not.</summary>
    Terminate,

    /// <summary>Ask <c>Worker</c> to exit, also while it starts; answer WorkerDied.</summary>
    StopWorker,

    /// <summary><c>Call</c> runs at <c>Worker</c>. At most once for each attempt.</summary>
    CallRunning,

    /// <summary><c>Call</c> is over: see <c>Outcome</c> and <c>Payload</c>. Exactly once for each call.</summary>
    CallEnded,

    /// <summary>No worker can be started, or all were ended; <c>Payload</c> is the cause. At most once.</summary>
    PoolBroken,

    /// <summary>Shut down, nothing left. Exactly once, the last command of all.</summary>
    PoolEnded,
}
