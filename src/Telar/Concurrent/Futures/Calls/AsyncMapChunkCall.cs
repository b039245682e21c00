namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an async function on a chunk of items, one after the other.</summary>
internal sealed class AsyncMapChunkCall<T, TResult>(Func<T, Task<TResult>> function, T[] items) : AsyncCall<MapChunkResult<TResult>>
{
    protected override MapChunkResult<TResult> Run(CancellationToken cancellationToken)
    {
        Func<T, Task<TResult>> itemFunction = function;
        return new MapChunkCall<T, TResult>(item => End(itemFunction(item)), items).Invoke(cancellationToken);
    }
}
