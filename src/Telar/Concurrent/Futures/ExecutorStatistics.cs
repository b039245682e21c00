using System.Globalization;

namespace Telar.Concurrent.Futures;

/// <summary>What an executor is doing, and what it has done: the figures that every kind of executor has. A snapshot that does not change.</summary>
/// <remarks>Telar's own; Python's executors tell nothing. <b>Thread safety.</b> Immutable.</remarks>
public abstract class ExecutorStatistics
{
    private protected ExecutorStatistics()
    {
    }

    /// <summary>Calls that no worker has begun; in a pool of threads, ones that were cancelled meanwhile may be among them.</summary>
    public required int CallsPending { get; init; }

    /// <summary>Calls that workers run now.</summary>
    public required int CallsRunning { get; init; }

    /// <summary>Calls that have ended, however they did.</summary>
    public required long CallsEnded { get; init; }

    /// <summary>The workers in the order of their start: threads that there are, or processes, the last ended ones included.</summary>
    public required IReadOnlyList<WorkerStatistics> Workers { get; init; }

    /// <summary>The figures in one line, for a log.</summary>
    /// <returns>For example <c>1 call running, 3 pending, 17 ended</c>.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Phrases.Count(CallsRunning, "call")} running, {CallsPending} pending, {CallsEnded} ended");
}
