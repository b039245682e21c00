using System.Diagnostics;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G7: when the parent is killed by SIGKILL, all its workers are gone within 2 seconds.</summary>
public sealed class G07ParentKilled : ProcessSpec
{
    [Theory(Timeout = 60_000)]
    [InlineData("hold", "2")]
    [InlineData("frozen", "hold", "2")]
    public async Task I_can_kill_the_program_and_its_busy_workers_end_within_2_seconds(params string[] command)
    {
        await using HostProgram host = HostProgram.Start(command);
        int[] workers = await host.ExpectNumbersAsync("workers", Token);
        Assert.Equal(2, workers.Length);
        Assert.All(workers, worker => Assert.True(Processes.IsAlive(worker)));

        long start = Stopwatch.GetTimestamp();
        host.Signal("KILL");
        await Eventually.Holds(
            () => !workers.Any(Processes.IsAlive),
            () => "Alive 2 s after their parent was killed: " + string.Join(", ", workers.Where(Processes.IsAlive).Select(Processes.Describe)),
            TimeSpan.FromSeconds(2));

        TestContext.Current.TestOutputHelper?.WriteLine($"gone after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
    }
}
