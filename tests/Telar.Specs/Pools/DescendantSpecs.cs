using System.Diagnostics;
using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>What a call has started ends with a worker that dies, and not with one that ends in peace.</summary>
public sealed class DescendantSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_lose_the_processes_of_a_call_when_its_worker_is_killed()
    {
        await using ProcessPoolExecutor pool = new(1);
        int child = await pool.Submit(static () => StartSleep());
        Assert.True(Processes.IsAlive(child));

        await Assert.ThrowsAsync<WorkerDiedException>(() => pool.SubmitAsync(static () =>
        {
            _ = Interop.Libc.kill(Environment.ProcessId, 9);
            return 0;
        }));

        await Eventually.Holds(() => !Processes.IsAlive(child), () => $"{Processes.Describe(child)} is alive.");
    }

    [Theory(Timeout = 120_000)]
    [InlineData(0)]
    [InlineData(3)]
    public async Task I_lose_the_processes_of_a_call_that_ends_its_worker_itself(int code)
    {
        await using ProcessPoolExecutor pool = new(1);
        int child = await pool.Submit(static () => StartSleep());

        WorkerDiedException death = await Assert.ThrowsAsync<WorkerDiedException>(() => pool.SubmitAsync(() =>
        {
            Environment.Exit(code);
            return 0;
        }));

        Assert.Equal(code, death.ExitCode);
        Assert.Null(death.Signal);
        await Eventually.Holds(() => !Processes.IsAlive(child), () => $"{Processes.Describe(child)} is alive.");
    }

    [Fact(Timeout = 120_000)]
    public async Task I_keep_the_processes_of_a_call_when_its_worker_ends_in_peace()
    {
        int child;
        await using (ProcessPoolExecutor pool = new(1))
        {
            child = await pool.Submit(static () => StartSleep());
        }

        Assert.True(Processes.IsAlive(child));
        _ = Interop.Libc.kill(child, 9);
    }

    /// <summary>The flood never ends by itself: reading the dead worker's output to its end would be for ever.</summary>
    [Fact(Timeout = 120_000)]
    public async Task I_get_the_death_of_a_worker_whose_child_floods_its_output()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, WorkerOutput = static _ => { } });

        await Assert.ThrowsAsync<WorkerDiedException>(() => pool.SubmitAsync(static () =>
        {
            using Process flood = Process.Start(new ProcessStartInfo("/usr/bin/yes") { UseShellExecute = false })!; // It exists on every Linux.
            new ManualResetEventSlim().Wait(TimeSpan.FromMilliseconds(300));
            _ = Interop.Libc.kill(Environment.ProcessId, 9);
            return 0;
        }));

        Assert.Equal(7, await pool.Submit(static () => 7));
    }

    private static int StartSleep()
    {
        using Process sleep = Process.Start(new ProcessStartInfo("/bin/sleep", "60") { UseShellExecute = false })!; // As above.
        return sleep.Id;
    }
}
