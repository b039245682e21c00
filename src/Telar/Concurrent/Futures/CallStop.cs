namespace Telar.Concurrent.Futures;

/// <summary>How a running call was stopped.</summary>
public enum CallStop
{
    /// <summary>The call saw its token and returned by itself.</summary>
    Cooperative,

    /// <summary>The call did not stop within the grace: its worker was killed and replaced.</summary>
    WorkerKilled,

    /// <summary>Even killing did not end the worker in time (a process in an uninterruptible wait): it was given up and replaced.</summary>
    WorkerLost,
}
