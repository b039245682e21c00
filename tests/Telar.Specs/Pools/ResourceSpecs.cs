using System.Runtime.CompilerServices;
using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>Pools give back what they take, and say what they cannot get.</summary>
public sealed class ResourceSpecs : ProcessSpec
{
    [Fact(Timeout = 180_000)]
    public async Task I_can_make_and_dispose_two_hundred_pools_and_nothing_grows()
    {
        await RunPools(20);
        long before = Memory();
        int threadsBefore = Threads();
        int descriptorsBefore = Processes.OpenDescriptors().Count;

        await RunPools(180);

        Assert.InRange(Threads() - threadsBefore, -100, 4);
        Assert.InRange(Processes.OpenDescriptors().Count - descriptorsBefore, -100, 0);
        Assert.InRange((Memory() - before) / 180, -1_000_000, 20_000);

        static async Task RunPools(int count)
        {
            for (int i = 0; i < count; i++)
            {
                await using ProcessPoolExecutor pool = new(1);
                if (i % 10 == 0)
                {
                    Assert.Equal(i, await pool.Submit(() => i));
                }
            }
        }

        static long Memory()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return GC.GetTotalMemory(forceFullCollection: true);
        }

        static int Threads() => Directory.GetDirectories("/proc/self/task").Length;
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_use_twenty_pools_at_once_from_as_many_threads()
    {
        int[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Factory.StartNew(
            () =>
            {
                using ProcessPoolExecutor pool = new(1);
                return pool.Submit(() => number * number).Result(TimeSpan.FromSeconds(60), Token);
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal(Enumerable.Range(0, 20).Select(static number => number * number), answers);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_am_told_when_the_descriptors_run_out_and_can_go_on_when_there_are_some_again()
    {
        await using HostProgram host = HostProgram.StartFile("/bin/sh", "-c", $"ulimit -n 256; exec '{HostProgram.Path}' descriptors");

        Assert.Contains("EMFILE", await host.ExpectAsync("start", Token), StringComparison.Ordinal);
        Assert.Contains("EMFILE", await host.ExpectAsync("argument", Token), StringComparison.Ordinal);
        Assert.Contains("ulimit -n", await host.ExpectAsync("result", Token), StringComparison.Ordinal);
        Assert.Equal("262144", await host.ExpectAsync("again", Token));
        Assert.Equal("0", await host.ExpectAsync("leaked", Token));
        Assert.Equal(0, await host.WaitAsync(Token));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_leave_a_pool_undisposed_and_the_program_ends_with_its_workers()
    {
        await using HostProgram host = HostProgram.Start("undisposed");
        int[] workers = await host.ExpectNumbersAsync("workers", Token);

        Assert.Equal(0, await host.WaitAsync(Token));

        await Eventually.Holds(() => !workers.Any(Processes.IsAlive), () => string.Join(", ", workers.Where(Processes.IsAlive).Select(Processes.Describe)));
    }

    /// <summary>Seen red: the pool's thread kept everything alive, and the worker stayed as long as the program.</summary>
    [Fact(Timeout = 120_000)]
    public async Task I_can_forget_a_pool_and_its_workers_end_after_its_calls()
    {
        int process = await Forget();

        await Eventually.Holds(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !Processes.IsAlive(process);
            },
            () => $"{Processes.Describe(process)} is alive.");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Future<int> Forget() => new ProcessPoolExecutor(1).Submit(static () =>
        {
            new ManualResetEventSlim().Wait(200);
            return Environment.ProcessId;
        });
    }

    [Fact(Timeout = 120_000)]
    public async Task I_lose_the_workers_of_a_worker_with_it()
    {
        await using ProcessPoolExecutor pool = new(1);
        string file = Path.Combine(Path.GetTempPath(), $"telar-nested-{Environment.ProcessId}");
        try
        {
            Future<int> nested = pool.Submit(() =>
            {
                ProcessPoolExecutor inner = new(1);
                int process = inner.Submit(static () => Environment.ProcessId).Result();
                File.WriteAllText(file + ".part", process.ToString(System.Globalization.CultureInfo.InvariantCulture));
                File.Move(file + ".part", file);
                return inner.Submit(static () =>
                {
                    new ManualResetEventSlim().Wait(TimeSpan.FromSeconds(60));
                    return 0;
                }).Result();
            });
            await Eventually.Holds(() => File.Exists(file), () => "The inner worker does not run.");
            int grandchild = int.Parse(await File.ReadAllTextAsync(file, Token), System.Globalization.CultureInfo.InvariantCulture);
            int child = Processes.ChildrenOf(Environment.ProcessId).Single(process => Processes.Title(process).StartsWith("telar-worker " + pool.Name, StringComparison.Ordinal));
            Assert.True(Processes.IsAlive(grandchild));

            _ = Interop.Libc.kill(child, 9);

            await Assert.ThrowsAsync<WorkerDiedException>(() => nested.AsTask());
            await Eventually.Holds(() => !Processes.IsAlive(grandchild), () => Processes.Describe(grandchild));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_OutOfMemoryException_from_a_worker_with_little_memory_and_it_serves_on()
    {
        Environment.SetEnvironmentVariable("DOTNET_GCHeapHardLimit", "4000000"); // Hexadecimal: 64 MiB.
        try
        {
            await using ProcessPoolExecutor pool = new(1);
            int process = await pool.Submit(static () => Environment.ProcessId);

            await Assert.ThrowsAsync<OutOfMemoryException>(() => pool.SubmitAsync(static () =>
            {
                List<byte[]> hoard = [];
                while (true)
                {
                    hoard.Add(new byte[1 << 20]);
                }
#pragma warning disable CS0162 // The lambda's type needs a result.
                return hoard.Count;
#pragma warning restore CS0162
            }));
            await Assert.ThrowsAsync<OutOfMemoryException>(() => pool.SubmitAsync(static () => new byte[256 << 20]));

            Assert.Equal(process, await pool.Submit(static () => Environment.ProcessId));
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOTNET_GCHeapHardLimit", null);
        }
    }
}
