using System.Globalization;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>Workers inherit the environment, and with it the runtime's own variables for crash dumps.</summary>
public sealed class CrashDumpSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_find_the_dump_of_a_worker_that_crashed_under_its_process_id()
    {
        string folder = Directory.CreateTempSubdirectory("telar-dumps-").FullName;
        try
        {
            await using HostProgram host = HostProgram.StartFile(
                "/usr/bin/env", "DOTNET_DbgEnableMiniDump=1", "DOTNET_DbgMiniDumpType=1", $"DOTNET_DbgMiniDumpName={folder}/worker-%p.dmp", HostProgram.Path, "crash-dump");

            int worker = int.Parse(await host.ExpectAsync("died", Token), CultureInfo.InvariantCulture);

            string dump = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"worker-{worker}.dmp"));
            Assert.Equal([dump], Directory.GetFiles(folder));
            Assert.True(new FileInfo(dump).Length > 100_000, "A dump has at least the stacks of all threads.");
            Assert.Equal(0, await host.WaitAsync(Token));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
