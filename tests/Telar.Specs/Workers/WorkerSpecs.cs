using System.Diagnostics;
using System.Runtime;
using Telar.Concurrent.Futures;
using Telar.Multiprocessing;
using Telar.Specs.Support;

namespace Telar.Specs.Workers;

/// <summary>What the inside of a worker looks like to a call.</summary>
public sealed class WorkerSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_find_a_worker_by_its_name_in_process_listings()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, Name = "resize" });

        int process = await pool.Submit(static () => Environment.ProcessId);

        Assert.Equal("telar-worker resize/1", Processes.Title(process));
        Assert.Equal("telar-worker", File.ReadAllText($"/proc/{process}/comm").Trim());
        Assert.Equal("resize/1", await pool.Submit(static () => ProcessHost.WorkerName));
        Assert.True(await pool.Submit(static () => ProcessHost.IsWorker));
        Assert.False(ProcessHost.IsWorker);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_see_my_own_environment_in_a_worker_and_nothing_of_the_librarys()
    {
        Environment.SetEnvironmentVariable("TELAR_SPEC", "here");
        try
        {
            await using ProcessPoolExecutor pool = new(1);

            string?[] seen = await pool.Submit(static () => new[]
            {
                Environment.GetEnvironmentVariable("TELAR_SPEC"),
                Environment.GetEnvironmentVariable("DOTNET_STARTUP_HOOKS"),
                Environment.GetEnvironmentVariable("DOTNET_gcServer"),
                Environment.GetEnvironmentVariable("TELAR_WORKER"),
                Environment.GetEnvironmentVariable("TELAR_WORKER_RESTORE"),
            });

            Assert.Equal<IEnumerable<string?>>(
                ["here", Environment.GetEnvironmentVariable("DOTNET_STARTUP_HOOKS"), Environment.GetEnvironmentVariable("DOTNET_gcServer"), null, null],
                seen);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TELAR_SPEC", null);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_find_only_the_descriptors_of_a_worker_open_in_it()
    {
        using FileStream mine = File.OpenRead("/etc/hostname");
        await using ProcessPoolExecutor pool = new(1);

        string[] open = await pool.Submit(static () => Directory.GetFiles("/proc/self/fd")
            .Select(static link => new FileInfo(link).LinkTarget ?? "")
            .ToArray());

        Assert.DoesNotContain("/etc/hostname", open);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_the_workstation_collector_unless_I_ask_for_the_server_one()
    {
        await using ProcessPoolExecutor pool = new(1);

        Assert.False(await pool.Submit(static () => GCSettings.IsServerGC));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_send_SIGINT_to_a_worker_and_it_goes_on()
    {
        await using ProcessPoolExecutor pool = new(1);
        int process = await pool.Submit(static () => Environment.ProcessId);
        using (Process kill = Process.Start("/bin/sh", ["-c", $"kill -INT {process}"]))
        {
            await kill.WaitForExitAsync(Token);
        }

        Assert.Equal(process, await pool.Submit(static () => Environment.ProcessId));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_the_lines_of_a_worker_tagged_and_before_its_result()
    {
        List<WorkerOutputLine> lines = [];
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions
        {
            MaxWorkers = 1,
            WorkerOutput = line =>
            {
                lock (lines)
                {
                    lines.Add(line);
                }
            },
        });

        int process = await pool.Submit(static () =>
        {
            Console.WriteLine("first");
            Console.Error.WriteLine("second");
            Console.Write("no end");
            return Environment.ProcessId;
        });

        lock (lines)
        {
            Assert.Contains(new WorkerOutputLine($"{pool.Name}/1", process, false, "first"), lines);
            Assert.Contains(new WorkerOutputLine($"{pool.Name}/1", process, true, "second"), lines);
        }

        await pool.ShutdownAsync(cancellationToken: Token);
        Assert.Contains(new WorkerOutputLine($"{pool.Name}/1", process, false, "no end"), lines);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_use_a_pool_within_a_worker()
    {
        await using ProcessPoolExecutor pool = new(1);

        int[] processes = await pool.Submit(static async () =>
        {
            await using ProcessPoolExecutor inner = new(1);
            return new[] { Environment.ProcessId, await inner.Submit(static () => Environment.ProcessId) };
        });

        Assert.Equal(3, new HashSet<int>(processes) { Environment.ProcessId }.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_take_a_worker_from_standby_and_it_is_refilled()
    {
        int size = ForkServer.StandbyCount;
        ForkServer.StandbyCount = 1;
        try
        {
            await ForkServer.WaitUntilReadyAsync(Token);
            await using (ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, StartMethod = StartMethod.ForkServer }))
            {
                Assert.Equal(42, await pool.Submit(static () => 42));
            }

            await ForkServer.WaitUntilReadyAsync(Token);
            Assert.Equal(1, ForkServer.ReadyCount);
        }
        finally
        {
            ForkServer.Stop();
            ForkServer.StandbyCount = size;
        }

        Assert.Equal(0, ForkServer.ReadyCount);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_do_not_get_a_standby_that_was_made_under_another_environment()
    {
        int size = ForkServer.StandbyCount;
        ForkServer.StandbyCount = 1;
        try
        {
            await ForkServer.WaitUntilReadyAsync(Token);
            Environment.SetEnvironmentVariable("TELAR_SPEC", "later");
            await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, StartMethod = StartMethod.ForkServer });

            Assert.Equal("later", await pool.Submit(static () => Environment.GetEnvironmentVariable("TELAR_SPEC")));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TELAR_SPEC", null);
            ForkServer.Stop();
            ForkServer.StandbyCount = size;
        }
    }

    [Fact(Timeout = 120_000)]
    public Task I_am_told_why_fork_is_not_offered()
    {
        PlatformNotSupportedException refused = Assert.Throws<PlatformNotSupportedException>(
            static () => new ProcessPoolExecutor(new ProcessPoolOptions { StartMethod = StartMethod.Fork }));

        Assert.Contains("ForkServer", refused.Message, StringComparison.Ordinal);
        return Task.CompletedTask;
    }
}
