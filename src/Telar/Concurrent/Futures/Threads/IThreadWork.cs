namespace Telar.Concurrent.Futures.Threads;

/// <summary>A call that waits for a thread, whatever its result is.</summary>
internal interface IThreadWork
{
    /// <summary>The future of the call.</summary>
    Future Future { get; }

    /// <summary>The higher, the earlier; 0 is usual.</summary>
    int Priority { get; }

    /// <summary>Runs the call on this thread and ends its future, unless it was cancelled.</summary>
    /// <param name="worker">The thread.</param>
    void Run(ThreadWorker worker);

    /// <summary>Ends the future without running the call.</summary>
    /// <param name="exception">Why.</param>
    void Refuse(Exception exception);
}
