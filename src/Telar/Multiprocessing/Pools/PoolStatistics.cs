namespace Telar.Multiprocessing.Pools;

/// <summary>A snapshot of a pool: what is there now, and what has happened since it was made.</summary>
internal readonly record struct PoolStatistics
{
    public required int MaxWorkers { get; init; }

    /// <value>Workers that can be given a call, now or after the one they run.</value>
    public required int Assignable { get; init; }

    public required int Starting { get; init; }

    public required int Idle { get; init; }

    /// <value>Workers that are not gone, whatever their state: processes that exist.</value>
    public required int Processes { get; init; }

    public required int Queued { get; init; }

    /// <value>Calls that wait at a busy worker.</value>
    public required int Waiting { get; init; }

    public required int Running { get; init; }

    public required long Submitted { get; init; }

    public required long Succeeded { get; init; }

    public required long Failed { get; init; }

    public required long Cancelled { get; init; }

    public required long TimedOut { get; init; }

    public required long WorkerDied { get; init; }

    public required long Broken { get; init; }

    public required long Retried { get; init; }

    public required long Revokes { get; init; }

    public required int Started { get; init; }

    public required int StartFailures { get; init; }

    public required int Recycled { get; init; }

    public required int Killed { get; init; }

    public required int Lost { get; init; }

    /// <value>The moving average of run times; <see langword="null"/> before the first result.</value>
    public required TimeSpan? ExpectedRunTime { get; init; }
}
