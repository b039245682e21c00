namespace Telar.Multiprocessing.Pools;

/// <summary>Why a call is being stopped. All but the first two stop it even if it runs.</summary>
internal enum PoolCancelReason
{
    None,

    /// <summary>Its owner wants it back if it has not started; dropped as soon as it is known to have started.</summary>
    IfNotStarted,

    Cancel,
    Timeout,
    Terminate,
}
