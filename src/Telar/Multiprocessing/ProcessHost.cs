using Telar.Multiprocessing.Workers;

namespace Telar.Multiprocessing;

/// <summary>This process as a host of workers, or as a worker.</summary>
/// <remarks>
/// Python: <c>multiprocessing.freeze_support</c>, <c>multiprocessing.current_process</c>.
/// <b>Thread safety.</b> All members may be used from any thread.
/// </remarks>
// Invariants
//   I1  s_frozen only goes from 0 to 1, before the first worker is started.
public static class ProcessHost
{
    private static int s_frozen;

    /// <summary>True in a worker process, false in the program that started it.</summary>
    public static bool IsWorker => WorkerEntry.IsWorker;

    /// <summary>The worker's name, such as <c>pool-1/3</c>; null outside a worker and until it is given one.</summary>
    public static string? WorkerName => WorkerHost.Name;

    /// <summary>How many processors the code of this process should keep busy, at least 1.</summary>
    /// <value>
    /// In a program, the processors it may use (<see cref="Environment.ProcessorCount"/>). In a worker, its share of its parent's: a pool of
    /// N workers gives each the Nth part, so that pools made inside workers do not multiply. It is the default of <c>MaxWorkers</c>.
    /// </value>
    /// <remarks>Telar's own: in Python the workers of a pool cannot have pools, or each takes all processors.</remarks>
    public static int ProcessorBudget => WorkerHost.ProcessorBudget ?? Environment.ProcessorCount;

    internal static bool IsFrozen => Volatile.Read(ref s_frozen) != 0;

    /// <summary>
    /// Lets workers enter here, at the top of <c>Main</c>, in place of the runtime's start-up hook.
    /// </summary>
    /// <remarks>
    /// Not needed in an ordinary program. It must be the first statement of <c>Main</c>: in a worker everything before it runs
    /// too, and the call never returns. Use it where start-up hooks are switched off (<c>StartupHookSupport</c>), or to start workers
    /// some 15 ms faster. In the program itself it returns at once.
    /// Python: <c>multiprocessing.freeze_support</c>, which is only for frozen Windows programs.
    /// <b>Thread safety.</b> Call it once, from the main thread.
    /// </remarks>
    public static void FreezeSupport()
    {
        // Set first: a worker that entered here starts workers of its own by this entry too.
        Volatile.Write(ref s_frozen, 1);
        WorkerEntry.RunIfWorker();
    }
}
