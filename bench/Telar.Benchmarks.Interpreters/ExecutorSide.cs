namespace Telar.Benchmarks;

using Telar.Concurrent.Futures;

/// <summary>A side that keeps one warm executor.</summary>
internal sealed class ExecutorSide(Executor executor, Func<Executor, double> measure) : ISide
{
    public static async Task<ISide> MakeAsync(Executor executor, Func<Executor, double> measure)
    {
        await foreach (int _ in executor.MapAsync(static number => number, Enumerable.Range(0, 2000), new MapOptions { ChunkSize = 1 }))
        {
            // All workers are started and have run this path.
        }

        return new ExecutorSide(executor, measure);
    }

    public ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken) => new(measure(executor));

    public ValueTask DisposeAsync() => executor.DisposeAsync();
}
