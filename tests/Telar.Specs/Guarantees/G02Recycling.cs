using Telar.Concurrent.Futures;
using Telar.Specs.Support;

namespace Telar.Specs.Guarantees;

/// <summary>G2: replacing workers after a number of calls finishes every call.</summary>
public sealed class G02Recycling : ProcessSpec
{
    [Theory(Timeout = 120_000)]
    [InlineData(1, 2, 10)]
    [InlineData(2, 1, 9)]
    [InlineData(2, 7, 60)]
    public async Task I_can_recycle_workers_and_all_calls_finish(int workers, int tasksPerChild, int calls)
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = workers, MaxTasksPerChild = tasksPerChild });

        int[] processes = await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => pool.SubmitAsync(static () => Environment.ProcessId)));

        Assert.All(processes.GroupBy(static process => process), group => Assert.InRange(group.Count(), 1, tasksPerChild));
        Assert.Equal(0, pool.Statistics.WorkersDied);
    }
}
