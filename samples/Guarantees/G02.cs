namespace Guarantees;

using Telar.Concurrent.Futures;

/// <summary>Workers are replaced after two calls each.</summary>
internal static class G02
{
    public static async Task<Finding> TelarAsync()
    {
        await using ProcessPoolExecutor pool = new(new ProcessPoolOptions { MaxWorkers = 1, MaxTasksPerChild = 2 });
        Task<int>[] calls = [.. Enumerable.Range(0, 10).Select(_ => pool.SubmitAsync(() => Environment.ProcessId))];
        int[] processes = await Task.WhenAll(calls);
        return new Finding(
            processes.CountBy(id => id).All(worker => worker.Value <= 2),
            $"{processes.Length} of 10 calls finished in {processes.Distinct().Count()} worker processes");
    }
}
