using Telar.Multiprocessing.Pools;

namespace Telar.Concurrent.Futures.Observing;

/// <summary>Makes events of what happens to the worker processes of a pool.</summary>
internal sealed class WorkerEvents(string executor) : IWorkerObserver
{
    public void Started(string worker, int processId) => ExecutorEvents.Log.WorkerStarted(executor, worker, processId);

    public void Stopped(string worker, long calls) => ExecutorEvents.Log.WorkerStopped(executor, worker, calls);

    public void Died(string worker, string cause) => ExecutorEvents.Log.WorkerDied(executor, worker, cause);

    public void Broken(string cause) => ExecutorEvents.Log.ExecutorBroken(executor, cause);
}
