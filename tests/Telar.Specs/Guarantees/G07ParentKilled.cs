using System.Diagnostics;
using Telar.Internal.Processes;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G7: when the parent is killed by SIGKILL, all its workers are gone within 2 seconds.</summary>
public sealed class G07ParentKilled : ProcessSpec
{
    [Theory(Timeout = 120_000)]
    [InlineData("hold", "2")]
    [InlineData("frozen", "hold", "2")]
    public async Task I_can_kill_the_program_and_its_busy_workers_end_soon(params string[] command)
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
            Eventually.Soon);

        TestContext.Current.TestOutputHelper?.WriteLine($"gone after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task I_can_kill_the_program_and_what_its_workers_have_started_ends_soon(bool stopWorkers)
    {
        await using HostProgram host = HostProgram.Start("families", "8");
        int[] workers = await host.ExpectNumbersAsync("workers", Token);
        int[] family = [.. workers, .. await host.ExpectNumbersAsync("children", Token)];
        if (stopWorkers)
        {
            Assert.All(workers, static worker => Assert.Equal(0, Interop.Libc.kill(worker, SignalNumber.SIGSTOP)));
        }

        host.Signal("KILL");

        try
        {
            await Eventually.Holds(
                () => !family.Any(Processes.IsAlive),
                () => "Alive 2 s after the program was killed: " + string.Join(", ", family.Where(Processes.IsAlive).Select(Processes.Describe)),
                Eventually.Soon);
        }
        finally
        {
            Array.ForEach(family, static process => _ = Interop.Libc.kill(process, SignalNumber.SIGKILL));
        }
    }
}
