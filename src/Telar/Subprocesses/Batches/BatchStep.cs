namespace Telar.Subprocesses;

/// <summary>What the core asks its driver to do with a job.</summary>
internal enum BatchStep
{
    /// <summary>Start an attempt, and tell the core when it has ended.</summary>
    Start,

    /// <summary>Ask the running attempt to end; it is reported as any other end.</summary>
    Stop,

    /// <summary>Its outcome is final: write it down.</summary>
    Settle,

    /// <summary>It is its turn: hand it to the caller.</summary>
    Emit,
}
