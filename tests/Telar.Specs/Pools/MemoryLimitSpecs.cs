using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Pools;

/// <summary>A worker that grows too big is replaced after its call, or killed in the middle of it, as the pool was told.</summary>
public sealed class MemoryLimitSpecs : ProcessSpec
{
    private const long Megabyte = 1 << 20;

    private static byte[]? s_kept;

    [Fact(Timeout = 120_000)]
    public async Task I_can_have_a_worker_replaced_after_the_call_in_which_it_outgrew_the_soft_limit()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, SoftMemoryLimit = 200 * Megabyte });
        int first = await pool.Submit(static () => Environment.ProcessId);
        Assert.Equal(first, await pool.Submit(static () => Environment.ProcessId));

        Future<int> big = pool.Submit(static () => Fill(400));
        Future<int> next = pool.Submit(static () => Environment.ProcessId);

        Assert.Equal(first, await big);
        Assert.NotEqual(first, await next);
        Assert.Equal(0, pool.Statistics.WorkersDied);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_get_the_limits_name_when_a_call_outgrows_the_hard_one_and_the_pool_goes_on()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, HardMemoryLimit = 300 * Megabyte });
        Future<int> greedy = pool.Submit(static () => Fill(1800), new CallOptions { Name = "greedy" });

        WorkerDiedException death = await Assert.ThrowsAsync<WorkerDiedException>(() => greedy.AsTask());

        Assert.Equal(300 * Megabyte, death.MemoryLimit);
        Assert.Equal("greedy", death.CallName);
        Assert.Contains("was beyond HardMemoryLimit (314.6 MB)", death.Message, StringComparison.Ordinal);
        Assert.Equal(7, await pool.Submit(static () => 7));
        Assert.False(pool.IsBroken);
    }

    [Fact(Timeout = 120_000)]
    public async Task I_am_not_stopped_below_the_limits()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, SoftMemoryLimit = 900 * Megabyte, HardMemoryLimit = 1000 * Megabyte });
        int first = await pool.Submit(static () => Fill(200));
        await Task.Delay(100, Token);

        Assert.Equal(first, await pool.Submit(static () => Environment.ProcessId));
    }

    [Fact(Timeout = 120_000)]
    public async Task I_read_the_limit_when_it_is_too_low_for_any_worker()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, HardMemoryLimit = 1, MaxStartFailures = 2 });

        BrokenProcessPoolException broken = await Assert.ThrowsAsync<BrokenProcessPoolException>(() => pool.SubmitAsync(static () => 1));

        Assert.Contains("HardMemoryLimit (1 bytes)", broken.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public void I_cannot_set_limits_that_make_no_sense()
    {
        Assert.Throws<ArgumentOutOfRangeException>("SoftMemoryLimit", static () => new ProcessPoolExecutor(new ProcessPoolOptions { SoftMemoryLimit = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>("HardMemoryLimit", static () => new ProcessPoolExecutor(new ProcessPoolOptions { HardMemoryLimit = -1 }));
        ArgumentException swapped = Assert.Throws<ArgumentException>(
            "SoftMemoryLimit", static () => new ProcessPoolExecutor(new ProcessPoolOptions { SoftMemoryLimit = 2, HardMemoryLimit = 1 }));
        Assert.Contains("would never be reached", swapped.Message, StringComparison.Ordinal);
    }

    private static int Fill(int megabytes)
    {
        s_kept = new byte[megabytes * Megabyte];
        for (int i = 0; i < megabytes; i++)
        {
            s_kept.AsSpan(i << 20, 1 << 20).Fill(1);
        }

        return Environment.ProcessId;
    }
}
