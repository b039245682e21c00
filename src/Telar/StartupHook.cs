using System.Diagnostics;
using Telar.Multiprocessing.Workers;

// The runtime looks for exactly this: a type named StartupHook in the global namespace with a static method Initialize().
// It runs in every process that was started with DOTNET_STARTUP_HOOKS=Telar, before Main; in a worker it never returns.
// See docs/design/workers.md#entry
[StackTraceHidden]
#pragma warning disable CA1050 // The runtime demands the global namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    internal static void Initialize()
    {
        WorkerEntry.RunIfWorker();
    }
}
