namespace Telar.Concurrent.Futures.Observing;

/// <summary>The figures of an executor that gauges and the watch for hangs look at: cheap to take, at any time.</summary>
/// <param name="Pending">Calls that wait for a worker.</param>
/// <param name="Running">Calls that run.</param>
/// <param name="Ended">Calls that have ended, however they did.</param>
/// <param name="Workers">Threads or processes that there are.</param>
/// <param name="WorkersStarted">Those that were started so far.</param>
/// <param name="WorkersDied">Those that ended without being told to.</param>
internal readonly record struct ExecutorLoad(int Pending, int Running, long Ended, int Workers, long WorkersStarted, long WorkersDied);
