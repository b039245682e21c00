using System.Globalization;
using Telar.Concurrent.Futures;
using Telar.Multiprocessing;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>A call may use a pool of its own, and all of them together do not take more processors than there are.</summary>
public sealed class NestedPoolSpecs : ProcessSpec
{
    [Fact(Timeout = 120_000)]
    public async Task I_can_make_a_pool_inside_a_worker_and_its_size_is_the_workers_share()
    {
        await using ProcessPoolExecutor pool = new(2);

        (int budget, int workers, int sum, string? name) = await pool.Submit(static () =>
        {
            using ProcessPoolExecutor inner = new();
            return (
                ProcessHost.ProcessorBudget,
                inner.MaxWorkers,
                inner.Map(static number => number * number, Enumerable.Range(1, 4)).Sum(),
                inner.Submit(static () => ProcessHost.WorkerName).Result());
        });

        int share = Math.Max(1, Environment.ProcessorCount / 2);
        Assert.Equal(Environment.ProcessorCount, ProcessHost.ProcessorBudget);
        Assert.Equal(share, budget);
        Assert.Equal(share, workers);
        Assert.Equal(30, sum);
        Assert.StartsWith("pool-1/", name, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_nest_three_pools_and_none_waits_for_another()
    {
        await using ProcessPoolExecutor pool = new(1);

        int depth = await pool.Submit(static () =>
        {
            using ProcessPoolExecutor second = new(1);
            return 1 + second.Submit(static () =>
            {
                using ProcessPoolExecutor third = new(1);
                return 1 + third.Submit(static () => 1).Result();
            }).Result();
        });

        Assert.Equal(3, depth);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_kill_the_outer_worker_and_the_inner_ones_end_too()
    {
        await using ProcessPoolExecutor pool = new(1);
        using TemporaryFile file = new();
        Future<int> call = pool.Submit(() =>
        {
            using ProcessPoolExecutor inner = new(1);
            File.WriteAllText(file.Path, inner.Submit(static () => Environment.ProcessId).Result().ToString(CultureInfo.InvariantCulture));
            _ = Interop.Libc.kill(Environment.ProcessId, 9);
            return 0;
        });

        await Assert.ThrowsAsync<WorkerDiedException>(() => call.AsTask());

        int process = int.Parse(file.Text, CultureInfo.InvariantCulture);
        await Eventually.Holds(() => !Processes.IsAlive(process), () => $"The inner worker lives on: {Processes.Describe(process)}");
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_use_the_shared_pool_and_nobody_can_close_it()
    {
        // In a worker, because what is shared stays until the program ends.
        await using ProcessPoolExecutor pool = new(1);

        (bool isSame, int afterwards, string refusal, int second) = await pool.Submit(static () =>
        {
            ProcessPoolExecutor shared = ProcessPoolExecutor.Shared;
            using (ProcessPoolExecutor given = ProcessPoolExecutor.Shared)
            {
                given.Submit(static () => 1).Result();
            }

            shared.Shutdown(cancelFutures: true);
            string refusal = Assert.Throws<InvalidOperationException>(shared.KillWorkers).Message
                + Assert.Throws<InvalidOperationException>(shared.TerminateWorkers).Message;
            return (ReferenceEquals(shared, ProcessPoolExecutor.Shared), shared.Submit(static () => 7).Result(), refusal, shared.MaxWorkers);
        });

        Assert.True(isSame);
        Assert.Equal(7, afterwards);
        Assert.Contains("KillWorkers cannot be called on the shared pool", refusal, StringComparison.Ordinal);
        Assert.Contains("TerminateWorkers cannot", refusal, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessorCount, second);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_can_let_idle_workers_end_and_the_pool_starts_others()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 2, IdleTimeout = TimeSpan.FromMilliseconds(100) });
        int first = await pool.Submit(static () => Environment.ProcessId);

        await Eventually.Holds(() => !Processes.IsAlive(first), () => "The idle worker lives on.");

        Assert.NotEqual(first, await pool.Submit(static () => Environment.ProcessId));
        Assert.Equal(0, pool.Statistics.WorkersDied);
    }
}
