namespace Telar.Queues.Waiting;

/// <summary>How the look of a selection at one of its queues ended.</summary>
internal enum GetAttempt
{
    /// <summary>An item was claimed and taken.</summary>
    Taken,

    /// <summary>There was none: the waiter is listed.</summary>
    Listed,

    /// <summary>There was one, but the selection has got another elsewhere.</summary>
    Lost,

    /// <summary>The queue is shut down and drained.</summary>
    Ended,
}
