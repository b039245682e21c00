namespace Telar.Multiprocessing.Pools;

/// <summary>Where a worker is in its life; drawn at the head of <see cref="PoolCore"/>.</summary>
internal enum PoolWorkerState
{
    /// <summary>Its process is being started, or its initializer runs.</summary>
    Starting,

    /// <summary>It runs calls, or waits for one.</summary>
    Ready,

    /// <summary>It was asked to exit.</summary>
    Stopping,

    /// <summary>It was killed, or asked to exit whatever it runs; its death is not confirmed yet.</summary>
    Killing,

    /// <summary>Dead, or never started.</summary>
    Gone,

    /// <summary>It did not die in time after a kill. Whatever it still says is ignored.</summary>
    Lost,
}
