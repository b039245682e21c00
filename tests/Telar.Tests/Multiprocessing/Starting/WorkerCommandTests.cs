using Telar.Multiprocessing.Starting;
using Telar.Multiprocessing.Workers;

namespace Telar.Tests.Multiprocessing.Starting;

/// <summary>What a worker finds in its environment, and what it needs to put it back.</summary>
/// <remarks>In one test, because the environment is the whole process's.</remarks>
public sealed class WorkerCommandTests
{
    private const string Hooks = "DOTNET_STARTUP_HOOKS";
    private const string ServerGc = "DOTNET_gcServer";

    [Fact(Timeout = 120_000)]
    public void CreateEnvironment_ForEveryStateOfTheVariables_CanBePutBack()
    {
        string? hooksBefore = Environment.GetEnvironmentVariable(Hooks);
        string? serverBefore = Environment.GetEnvironmentVariable(ServerGc);
        try
        {
            foreach (string? hooks in new[] { null, "/opt/agent/Hook.dll", "A:B", "with=equals", "blank at the end " })
            {
                foreach (string? server in new[] { null, "1", "0" })
                {
                    Environment.SetEnvironmentVariable(Hooks, hooks);
                    Environment.SetEnvironmentVariable(ServerGc, server);

                    Dictionary<string, string> environment = WorkerCommand.CreateEnvironment(standby: false, serverGc: false);

                    Assert.Equal(hooks is null ? "Telar" : $"{hooks}:Telar", environment[Hooks]);
                    Assert.Equal("0", environment[ServerGc]);
                    Assert.Equal(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), environment[WorkerEntry.Variable]);
                    Dictionary<string, string?> restored = Restored(environment[WorkerEntry.RestoreVariable]);
                    Assert.Equal(hooks, restored[Hooks]);
                    Assert.Equal(server, restored[ServerGc]);

                    environment = WorkerCommand.CreateEnvironment(standby: true, serverGc: true);
                    Assert.Equal(server, environment.GetValueOrDefault(ServerGc));
                    Assert.EndsWith(WorkerEntry.StandbyMark, environment[WorkerEntry.Variable], StringComparison.Ordinal);
                    Assert.Equal([Hooks], Restored(environment[WorkerEntry.RestoreVariable]).Keys);
                }
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable(Hooks, hooksBefore);
            Environment.SetEnvironmentVariable(ServerGc, serverBefore);
        }
    }

    private static Dictionary<string, string?> Restored(string lines) => lines
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(static line => line.Split('=', 2))
        .ToDictionary(static parts => parts[0], static parts => parts.Length == 1 ? null : parts[1]);
}
