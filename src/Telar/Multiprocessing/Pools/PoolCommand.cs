namespace Telar.Multiprocessing.Pools;

/// <summary>One thing for the driver to do. Unused parts are <see langword="null"/> or zero.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Worker">
/// With whom; for <see cref="PoolCommandKind.CallEnded"/> where the call ran last, <see langword="null"/> if nowhere. A call
/// that ended because its worker was given up names a worker in <see cref="PoolWorkerState.Lost"/>.
/// </param>
/// <param name="Call">The call it is about.</param>
/// <param name="Sequence">
/// The number of the call at its worker. The command's own copy: by the time it is executed, the call may be elsewhere.
/// </param>
/// <param name="Outcome">How the call ended.</param>
/// <param name="Payload">The result, the death or the cause, as the driver gave it to the core.</param>
internal readonly record struct PoolCommand(
    PoolCommandKind Kind,
    PoolWorker? Worker = null,
    PoolCall? Call = null,
    long Sequence = 0,
    PoolCallOutcome Outcome = PoolCallOutcome.None,
    object? Payload = null);
