namespace Telar.Benchmarks;

/// <summary>Counts what the calling thread allocates in an operation; the value is bytes.</summary>
internal sealed class AllocationSide<T> : ISide
{
    private const int Operations = 10_000;

    private readonly T _on;
    private readonly Action<T> _operation;

    private AllocationSide(T on, Action<T> operation)
    {
        _on = on;
        _operation = operation;
    }

    public static Task<ISide> MakeAsync(T on, Action<T> operation) => Task.FromResult<ISide>(new AllocationSide<T>(on, operation));

    public ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Operations; i++)
        {
            _operation(_on);
        }

        return new((double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / Operations);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
