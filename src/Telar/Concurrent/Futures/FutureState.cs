namespace Telar.Concurrent.Futures;

/// <summary>Where a call is in its life.</summary>
/// <remarks>Python: the states in <c>repr(future)</c>; <c>CANCELLED_AND_NOTIFIED</c> is <see cref="Cancelled"/> here.</remarks>
public enum FutureState
{
    /// <summary>Waiting for a worker; it can still be cancelled without a trace.</summary>
    Pending,

    /// <summary>A worker has started it.</summary>
    Running,

    /// <summary>It was cancelled, or stopped while it ran. Final.</summary>
    Cancelled,

    /// <summary>It ended with a result or an exception. Final.</summary>
    Finished,
}
