namespace Telar.Multiprocessing.Pools;

/// <summary>What a worker says about a call that came to its end.</summary>
internal enum PoolResultKind
{
    /// <summary>It returned.</summary>
    Succeeded,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>It obeyed the request to cancel.</summary>
    Cancelled,
}
