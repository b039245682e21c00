namespace Telar.Concurrent.Futures;

/// <summary>What a pool and its workers have done so far: a snapshot that does not change.</summary>
/// <remarks>Telar's own; Python's pools tell nothing. <b>Thread safety.</b> Immutable.</remarks>
public sealed class PoolStatistics : ExecutorStatistics
{
    internal PoolStatistics()
    {
    }

    /// <summary>Calls accepted by Submit and Map; a chunk of a map counts as one call.</summary>
    public required long CallsSubmitted { get; init; }

    /// <summary>Calls that returned a value.</summary>
    public required long CallsSucceeded { get; init; }

    /// <summary>Calls that threw, timed out, or whose worker died.</summary>
    public required long CallsFailed { get; init; }

    /// <summary>Calls that were cancelled.</summary>
    public required long CallsCancelled { get; init; }

    /// <summary>How often a call was run again because its worker had died.</summary>
    public required long CallsRetried { get; init; }

    /// <summary>Worker processes started, those that failed to start included.</summary>
    public required int WorkersStarted { get; init; }

    /// <summary>Workers that ended without being told to: killed, crashed, or ended by a call.</summary>
    public required int WorkersDied { get; init; }
}
