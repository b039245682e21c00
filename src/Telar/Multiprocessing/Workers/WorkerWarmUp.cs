using System.Reflection;
using Telar.Serialization;

namespace Telar.Multiprocessing.Workers;

/// <summary>What a standby does while it waits: everything the first call would otherwise pay for.</summary>
internal static class WorkerWarmUp
{
    public const string PreloadVariable = "TELAR_WORKER_PRELOAD";

    /// <summary>Gives calls to run; set by the layer that knows their types. Null when there is none.</summary>
    public static Func<RemoteCall[]>? MakeCalls { get; set; }

    public static void Run(CallRunner runner)
    {
        TypedCodec.WarmUp();
        Configure();
        foreach (RemoteCall call in MakeCalls?.Invoke() ?? [])
        {
            using PayloadWriter writer = new();
            TypedCodec.Write(writer, call);
            runner.Rehearse(writer.WrittenMemory);
        }

        // The user's lambdas live there most of the time.
        _ = Assembly.GetEntryAssembly()?.ManifestModule.ModuleVersionId;
        Preload();
    }

    private static void Configure()
    {
        using PayloadWriter writer = new();
        WorkerConfiguration.Write(writer, "standby", processorBudget: 1, []);
        WorkerConfiguration configuration = WorkerConfiguration.Read(writer.WrittenMemory);
        configuration.Initialize();
        ProcessTitle.Set($"telar-worker {configuration.Name}");
    }

    private static void Preload()
    {
        string? names = Environment.GetEnvironmentVariable(PreloadVariable);
        Environment.SetEnvironmentVariable(PreloadVariable, null);
        foreach (string name in (names ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                _ = Assembly.Load(name);
            }
            catch (Exception exception)
            {
                // Python's rule: what cannot be preloaded is ignored; the call that needs it reports the error where it belongs.
                Console.Error.WriteLine($"telar: the standby could not preload '{name}': {exception.Message}");
            }
        }
    }
}
