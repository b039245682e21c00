using System.Runtime.CompilerServices;
using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>What a standby does while it waits: everything the first call would otherwise pay for.</summary>
internal static class WorkerWarmUp
{
    public const string PreloadVariable = "TELAR_WORKER_PRELOAD";

    public static void Run()
    {
        TypedCodec.WarmUp();
        CallRunner.WarmUp();
        if (System.Reflection.Assembly.GetEntryAssembly() is { } entry)
        {
            // The user's lambdas live there most of the time; its module constructor stays for the first use.
            _ = entry.ManifestModule.ModuleVersionId;
            _ = RuntimeHelpers.GetHashCode(entry);
        }

        Preload();
    }

    private static void Preload()
    {
        string? names = Environment.GetEnvironmentVariable(PreloadVariable);
        Environment.SetEnvironmentVariable(PreloadVariable, null);
        foreach (string name in (names ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                _ = System.Reflection.Assembly.Load(name);
            }
            catch (Exception exception)
            {
                // Python's rule: what cannot be preloaded is ignored; the call that needs it reports the error where it belongs.
                Console.Error.WriteLine($"telar: the standby could not preload '{name}': {exception.Message}");
            }
        }
    }
}
