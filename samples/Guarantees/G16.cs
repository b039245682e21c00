namespace Guarantees;

using System.Diagnostics;
using Telar.Concurrent.Futures;

/// <summary>Forty tasks that block for a second each, on the default pool of threads.</summary>
internal static class G16
{
    public static async Task<Finding> TelarAsync()
    {
        await using ThreadPoolExecutor pool = new();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => pool.SubmitAsync(() => Thread.Sleep(1_000))));
        return new Finding(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed.TotalSeconds:0.0} s for 40 x 1 s in a ThreadPoolExecutor");
    }

    public static async Task<Finding> DotNetAsync()
    {
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => Thread.Sleep(1_000))));
        return Finding.Seen($"{watch.Elapsed.TotalSeconds:0.0} s for 40 x 1 s in Task.Run on {Environment.ProcessorCount} cores");
    }
}
