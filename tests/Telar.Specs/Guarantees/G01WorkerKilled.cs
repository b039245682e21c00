using System.Diagnostics;
using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G1: a worker killed by SIGKILL costs the call it ran, and nothing else.</summary>
public sealed class G01WorkerKilled : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_lose_a_worker_and_only_its_running_call_fails_with_the_cause()
    {
        await using ProcessPoolExecutor pool = new(2);
        List<Future<int>> good = [];
        for (int i = 0; i < 20; i++)
        {
            int number = i;
            good.Add(pool.Submit(() => number * number));
        }

        Future<int> doomed = pool.Submit(
            static () =>
            {
                Console.Error.WriteLine("last words");
                using Process self = Process.GetCurrentProcess();
                self.Kill();
                return 0;
            },
            new CallOptions { Name = "doomed" });
        for (int i = 20; i < 40; i++)
        {
            int number = i;
            good.Add(pool.Submit(() => number * number));
        }

        WorkerDiedException death = await Assert.ThrowsAsync<WorkerDiedException>(() => doomed.AsTask());
        Assert.Equal("SIGKILL", death.Signal);
        Assert.Equal(-9, death.ExitCode);
        Assert.Equal("doomed", death.CallName);
        Assert.Contains("last words", death.StandardErrorTail);
        Assert.StartsWith(pool.Name + "/", death.Worker, StringComparison.Ordinal);
        Assert.Contains("SIGKILL", death.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 40).Select(static number => number * number), await Task.WhenAll(good.Select(static future => future.AsTask())));
        Assert.Equal(1, pool.Statistics.WorkersDied);
        Assert.Equal(7, await pool.Submit(static () => 7));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_have_a_call_run_again_after_its_worker_died()
    {
        string marker = Path.Combine(Path.GetTempPath(), $"telar-g1-{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            await using ProcessPoolExecutor pool = new(1);
            int answer = await pool.Submit(
                () =>
                {
                    if (!File.Exists(marker))
                    {
                        File.WriteAllText(marker, "first attempt");
                        Environment.FailFast("the first attempt fails");
                    }

                    return 42;
                },
                new CallOptions { Retries = 1 });

            Assert.Equal(42, answer);
            Assert.Equal(1, pool.Statistics.CallsRetried);
        }
        finally
        {
            File.Delete(marker);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_see_an_exit_code_as_an_exit_code_and_not_as_a_signal()
    {
        await using ProcessPoolExecutor pool = new(1);

        WorkerDiedException death = await Assert.ThrowsAsync<WorkerDiedException>(
            () => pool.SubmitAsync(static () =>
            {
                Environment.Exit(137);
                return 0;
            }));

        Assert.Equal(137, death.ExitCode);
        Assert.Null(death.Signal);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_lose_no_call_when_workers_are_killed_at_random_moments()
    {
        const int Calls = 400;
        await using ProcessPoolExecutor pool = new(2);
        Future<int>[] futures = [.. Enumerable.Range(0, Calls).Select(number => pool.Submit(() => Work(number), new CallOptions { Retries = 50 }))];
        Random random = new(20261122);
        int killed = 0;
        while (futures.Any(static future => !future.IsDone))
        {
            await Task.Delay(random.Next(20, 120), Token);
            WorkerStatistics[] alive = [.. pool.Statistics.Workers.Where(static worker => worker.Status is WorkerStatus.Working or WorkerStatus.Idle)];
            if (alive.Length > 0 && killed < 25)
            {
                killed += Kill(alive[random.Next(alive.Length)].ProcessId) ? 1 : 0;
            }
        }

        int[] results = await Task.WhenAll(futures.Select(static future => future.AsTask()));
        Assert.Equal(Enumerable.Range(0, Calls), results);
        Assert.True(killed > 0, "No worker was killed: the test did not test anything.");

        static int Work(int number)
        {
            Thread.SpinWait(200_000);
            return number;
        }
    }

    private static bool Kill(int process)
    {
        try
        {
            using Process victim = Process.GetProcessById(process);
            victim.Kill();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
