using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Telar.Internal.Native;
using Telar.Multiprocessing.Workers;

namespace Telar.Multiprocessing.Starting;

/// <summary>What is executed to make a worker: this program's own command line, with an environment that lets the library in.</summary>
internal static class WorkerCommand
{
    private const string HookVariable = "DOTNET_STARTUP_HOOKS";
    private const string ServerGcVariable = "DOTNET_gcServer";
    private const string HookName = "Telar";

    private static readonly Lazy<string[]> s_arguments = new(ProcessCommandLine.Read);

    /// <summary>The file to execute: the <c>dotnet</c> host or the program's own executable.</summary>
    public static string FileName => Environment.ProcessPath
        ?? throw new PlatformNotSupportedException("The path of this process's executable is not known, so no worker can be started from it.");

    /// <summary>All arguments, the host's own and the zeroth included, as the kernel had them when this process started.</summary>
    /// <remarks>Read once: a worker overwrites its command line in process listings later.</remarks>
    public static IReadOnlyList<string> Arguments => s_arguments.Value;

    /// <summary>Refuses to start a worker where the child would run the user's <c>Main</c>.</summary>
    /// <exception cref="InvalidOperationException">The child would run <c>Main</c>; the message says the remedy.</exception>
    public static void ThrowIfWorkerWouldRunMain()
    {
        WorkerEntry.ThrowIfEntryWasMissed();
        if (ProcessHost.IsFrozen || WorkerEntry.IsWorker)
        {
            return;
        }

        if (AppContext.TryGetSwitch("System.StartupHookProvider.IsSupported", out bool supported) && !supported)
        {
            throw new InvalidOperationException(
                "A worker process cannot be started: start-up hooks are switched off in this program, so the worker would run Main again. Call "
                + "Telar.Multiprocessing.ProcessHost.FreezeSupport() as the first statement of Main, or build with "
                + "<StartupHookSupport>true</StartupHookSupport>.");
        }

        if (Assembly.GetEntryAssembly() is null)
        {
            throw new InvalidOperationException(
                $"A worker process cannot be started: this runtime is hosted inside '{FileName}', and executing that again would "
                + "not start a .NET program. Use workers from a process that is a .NET program.");
        }
    }

    /// <summary>The environment of a worker: this process's own, and what lets the library take over before <c>Main</c>.</summary>
    public static Dictionary<string, string> CreateEnvironment(bool standby, bool serverGc)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            // A dictionary without removals enumerates in the order of insertion, so this comes first.
            [WorkerEntry.PaddingVariable] = new string(' ', WorkerEntry.PaddingLength),
        };
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            environment[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        StringBuilder restore = new();
        string parent = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        environment[WorkerEntry.Variable] = standby ? $"{parent};{WorkerEntry.StandbyMark}" : parent;

        if (!ProcessHost.IsFrozen)
        {
            // Last in the list, so that the hooks of other tools still run before ours, which never returns.
            string? hooks = environment.GetValueOrDefault(HookVariable);
            Change(HookVariable, string.IsNullOrEmpty(hooks) ? HookName : $"{hooks}{Path.PathSeparator}{HookName}");
        }

        if (!serverGc)
        {
            // A worker per core, each with a heap per core, would be cores squared heaps.
            Change(ServerGcVariable, "0");
        }

        environment[WorkerEntry.RestoreVariable] = restore.ToString();
        return environment;

        void Change(string name, string value)
        {
            restore.Append(name);
            if (environment.TryGetValue(name, out string? old))
            {
                // A value with a line break cannot stand in the list; none of these variables can hold one sensibly.
                restore.Append('=').Append(old.ReplaceLineEndings(" "));
            }

            restore.Append('\n');
            environment[name] = value;
        }
    }
}
