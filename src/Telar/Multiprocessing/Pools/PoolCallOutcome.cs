namespace Telar.Multiprocessing.Pools;

/// <summary>How a call ended. Every submitted call gets exactly one.</summary>
internal enum PoolCallOutcome
{
    /// <summary>Not ended yet.</summary>
    None,

    /// <summary>The worker sent a result; the command's payload is it.</summary>
    Succeeded,

    /// <summary>The call threw; the command's payload is the exception.</summary>
    Failed,

    /// <summary>Cancelled by its owner, or by a shutdown that cancels what is pending.</summary>
    Cancelled,

    /// <summary>Its time limit passed.</summary>
    TimedOut,

    /// <summary>Its worker died while it ran and it had no retries left; the command's payload is the death.</summary>
    WorkerDied,

    /// <summary>The pool broke while it was pending, or was terminated; the command's payload is the cause.</summary>
    Broken,
}
