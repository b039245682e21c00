namespace Telar.Simulation.Pools;

/// <summary>What can happen next in the simulated world.</summary>
internal enum SimulatedEventKind
{
    /// <summary>The pool's owner does the next thing: submit, cancel, resize ...</summary>
    Step,

    /// <summary>The driver's timer fires.</summary>
    Tick,

    /// <summary>The driver executes the commands that it holds.</summary>
    Execute,

    /// <summary>A worker has come to the end of its start, good or bad.</summary>
    StartEnds,

    /// <summary>A frame with a call arrives at a worker.</summary>
    FrameArrives,

    /// <summary>A worker looks for its next call.</summary>
    Claim,

    /// <summary>The body of a call returns.</summary>
    BodyEnds,

    /// <summary>A request to cancel arrives at a worker.</summary>
    CancelArrives,

    /// <summary>A request to exit arrives at a worker.</summary>
    StopArrives,

    /// <summary>A process dies.</summary>
    Dies,

    /// <summary>A result reaches the driver.</summary>
    ResultDelivered,

    /// <summary>The news of a death reaches the driver, after all results.</summary>
    DeathDelivered,

    /// <summary>The answer to a Revoke reaches the core.</summary>
    RevokeAnswered,
}
