namespace Telar.Benchmarks;

using Telar.Concurrent.Futures;

/// <summary>A side that keeps one warm pool of two workers.</summary>
internal sealed class PoolSide : ISide
{
    private readonly ProcessPoolExecutor _pool;
    private readonly Func<ProcessPoolExecutor, double> _measure;

    private PoolSide(ProcessPoolExecutor pool, Func<ProcessPoolExecutor, double> measure)
    {
        _pool = pool;
        _measure = measure;
    }

    public static async Task<ISide> MakeAsync(Func<ProcessPoolExecutor, double> measure)
    {
        ProcessPoolExecutor pool = new(2);
        await foreach (int _ in pool.MapAsync(static number => number, Enumerable.Range(0, 2000), new MapOptions { ChunkSize = 1 }))
        {
            // Both workers are started and have run this path.
        }

        return new PoolSide(pool, measure);
    }

    public ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken) => new(_measure(_pool));

    public ValueTask DisposeAsync() => _pool.DisposeAsync();
}
