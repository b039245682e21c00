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

    /// <summary>
    /// Its worker had not even begun the call in that time, being stopped or starved of processor time; it was taken back and never
    /// runs. A worker that does this repeatedly, or for a second, is killed and replaced.
    /// </summary>
    NotStarted,

    /// <summary>It did not stop when its token was cancelled, and a thread cannot be killed: it goes on, and nobody hears of it.</summary>
    GivenUp,
}
