namespace Telar.Concurrent.Futures;

/// <summary>What a <see cref="ThreadPoolExecutor"/> is doing at a moment.</summary>
/// <remarks>Telar's own; Python's pools tell nothing. <b>Thread safety.</b> Immutable.</remarks>
public sealed class ThreadPoolStatistics : ExecutorStatistics
{
    internal ThreadPoolStatistics()
    {
    }

    /// <summary>Threads that there are.</summary>
    public required int Threads { get; init; }

    /// <summary>Those that wait for a call.</summary>
    public required int IdleThreads { get; init; }

    /// <summary>How many there may be now; an elastic pool raises it when its threads block.</summary>
    public required int AllowedThreads { get; init; }

    /// <summary>Calls that threads have taken up so far.</summary>
    public required long StartedCalls { get; init; }
}
