namespace Telar.Concurrent.Futures;

/// <summary>What a <see cref="ThreadPoolExecutor"/> is doing at a moment.</summary>
/// <param name="Threads">Threads that there are.</param>
/// <param name="IdleThreads">Those that wait for a call.</param>
/// <param name="AllowedThreads">How many there may be now; an elastic pool raises it when its threads block.</param>
/// <param name="PendingCalls">Calls that wait for a thread; ones that were cancelled meanwhile may be among them.</param>
/// <param name="StartedCalls">Calls that threads have taken up so far.</param>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public readonly record struct ThreadPoolStatistics(int Threads, int IdleThreads, int AllowedThreads, int PendingCalls, long StartedCalls);
