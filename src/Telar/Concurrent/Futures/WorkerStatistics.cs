using System.Globalization;

namespace Telar.Concurrent.Futures;

/// <summary>What one worker has done so far: a process, or a thread of a pool.</summary>
/// <remarks>
/// Start, waiting, working and exit time add up to a process's life; of threads they are not measured, and zero.
/// <b>Thread safety.</b> Immutable.
/// </remarks>
public sealed class WorkerStatistics
{
    internal WorkerStatistics()
    {
    }

    /// <summary>The worker's name, such as <c>pool-1/3</c>; a thread's own name.</summary>
    public required string Name { get; init; }

    /// <summary>The process id; 0 while the process is being started, this process's for a thread.</summary>
    public required int ProcessId { get; init; }

    /// <summary>What the worker does now.</summary>
    public required WorkerStatus Status { get; init; }

    /// <summary>Calls it has finished.</summary>
    public required long Calls { get; init; }

    /// <summary>From the decision to start it until it was ready: process start and initializer.</summary>
    public required TimeSpan StartTime { get; init; }

    /// <summary>Ready, without a call.</summary>
    public required TimeSpan WaitingTime { get; init; }

    /// <summary>Running calls.</summary>
    public required TimeSpan WorkingTime { get; init; }

    /// <summary>From being told to stop until the process was gone.</summary>
    public required TimeSpan ExitTime { get; init; }

    /// <summary>The name of the call it runs now; null when it runs none or the call has no name.</summary>
    public string? CurrentCall { get; init; }

    /// <summary>
    /// How long it has been running that call; zero when it runs none. Threads write it down only in a pool with
    /// <see cref="ThreadPoolOptions.HangTimeout"/>; zero in others.
    /// </summary>
    public TimeSpan CurrentCallTime { get; init; }

    /// <summary>How the process ended, such as <c>exit code 0</c> or <c>killed by SIGKILL</c>; null while it lives.</summary>
    public string? Exit { get; init; }

    /// <summary>The most memory the process had in use, in bytes, where the kernel told it; else null.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>Who it is and what it does in one line, for a log.</summary>
    /// <returns>For example <c>worker 'pool-1/1' (process 4711): runs call 'resize' for 5 min 2 s; 17 calls before</c>.</returns>
    public override string ToString()
    {
        string since = CurrentCallTime == TimeSpan.Zero ? "" : $" for {Phrases.Duration(CurrentCallTime)}";
        string doing = Status == WorkerStatus.Working ? $"runs {Phrases.Call(CurrentCall)}{since}" : Phrases.Word(Status);
        return string.Create(CultureInfo.InvariantCulture, $"worker '{Name}' (process {ProcessId}): {doing}; {Phrases.Count(Calls, "call")} before");
    }
}
