namespace Telar.Benchmarks;

/// <summary>Counts what the whole process allocates in an operation, workers included; the value is bytes.</summary>
internal sealed class HeapSide(int operations, Action<int> run, IDisposable? owned = null) : ISide
{
    public ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
    {
        run(operations); // What the first operations set up, storage above all, is no part of it.
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        run(operations);
        return new((double)(GC.GetTotalAllocatedBytes(precise: true) - allocated) / operations);
    }

    public ValueTask DisposeAsync()
    {
        owned?.Dispose();
        return ValueTask.CompletedTask;
    }
}
