namespace Telar.Multiprocessing.Pools;

/// <summary>Where a call is; drawn at the head of <see cref="PoolCore"/>.</summary>
internal enum PoolCallState
{
    /// <summary>Not submitted yet.</summary>
    New,

    /// <summary>Waits in the pool's queue.</summary>
    Queued,

    /// <summary>Sent to a worker, where it waits behind another call.</summary>
    Sent,

    /// <summary>First in line at its worker: it runs, or starts as soon as the worker sees it.</summary>
    Running,

    /// <summary>Over; <see cref="PoolCommandKind.CallEnded"/> has been issued.</summary>
    Ended,
}
