namespace Telar.Internal.Waiting;

/// <summary>How a wait ended.</summary>
internal enum WaitOutcome
{
    /// <summary>It goes on.</summary>
    Pending,

    /// <summary>The waiter has what it waited for.</summary>
    Granted,

    /// <summary>The waiter was woken to try again; nothing was given to it.</summary>
    Retry,

    /// <summary>The owner turned the waiter away: it is broken, was reset, or shut down.</summary>
    Refused,

    /// <summary>The time was over, and nothing was given.</summary>
    TimedOut,

    /// <summary>The token was cancelled, and nothing was given.</summary>
    Cancelled,
}
