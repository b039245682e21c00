namespace Telar.Multiprocessing.Pools;

/// <summary>How a worker failed before it was ready.</summary>
internal enum PoolStartFailure
{
    /// <summary>It could not be started, or ended by itself. Worth another try.</summary>
    Transient,

    /// <summary>Its initializer threw: the next one's would too, so the pool breaks at once.</summary>
    InitializerThrew,
}
