namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of a function on a chunk of items.</summary>
internal sealed class MapChunkCall<T, TResult>(Func<T, TResult> function, T[] items) : ExecutorCall<MapChunkResult<TResult>>
{
    public override MapChunkResult<TResult> Invoke(CancellationToken cancellationToken)
    {
        long start = TimeProvider.System.GetTimestamp();
        TResult[] values = new TResult[items.Length];
        int done = 0;
        Exception? error = null;
        try
        {
            for (; done < values.Length; done++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                values[done] = function(items[done]);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What was computed before it is still wanted, and comes first.
            error = exception;
            Array.Resize(ref values, done);
        }

        return new MapChunkResult<TResult>(values, error, TimeProvider.System.GetElapsedTime(start));
    }
}
