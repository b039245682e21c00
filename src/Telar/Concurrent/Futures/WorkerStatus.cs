namespace Telar.Concurrent.Futures;

/// <summary>What a worker, a process or a thread of a pool, is doing.</summary>
/// <remarks><b>Thread safety.</b> An enumeration.</remarks>
public enum WorkerStatus
{
    /// <summary>The process starts or its initializer runs.</summary>
    Starting = 0,

    /// <summary>It waits for a call.</summary>
    Idle = 1,

    /// <summary>It runs a call.</summary>
    Working = 2,

    /// <summary>It was told to stop, or is being killed.</summary>
    Stopping = 3,

    /// <summary>The process is gone.</summary>
    Ended = 4,
}
