namespace Telar.Benchmarks;

/// <summary>Counts what the calling thread allocates in an operation; the value is bytes.</summary>
internal sealed class AllocationSide<T> : ISide
{
    private const int Operations = 10_000;

    private readonly Func<T> _make;
    private readonly Action<T> _operation;

    private AllocationSide(Func<T> make, Action<T> operation)
    {
        _make = make;
        _operation = operation;
    }

    public static Task<ISide> MakeAsync(Func<T> make, Action<T> operation) => Task.FromResult<ISide>(new AllocationSide<T>(make, operation));

    public ValueTask<Sample> MeasureAsync(CancellationToken cancellationToken)
    {
        T on = _make();
        Repeat(on); // What the first operations set up, storage above all, is no part of it.
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Repeat(on);
        return new((double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / Operations);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Repeat(T on)
    {
        for (int i = 0; i < Operations; i++)
        {
            _operation(on);
        }
    }
}
