namespace Telar.Multiprocessing.Pools;

/// <summary>Hears what happens to the workers of a pool, on the pool's thread and under no lock; returns quickly and does not throw.</summary>
internal interface IWorkerObserver
{
    /// <summary>A process was started; it is not ready yet.</summary>
    void Started(string worker, int processId);

    /// <summary>A process has ended as it was told to.</summary>
    void Stopped(string worker, long calls);

    /// <summary>A process has ended by itself, or was killed.</summary>
    void Died(string worker, string cause);

    /// <summary>No worker can be started any more.</summary>
    void Broken(string cause);
}
