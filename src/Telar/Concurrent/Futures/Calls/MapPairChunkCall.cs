namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of a function of two arguments on a chunk of pairs.</summary>
internal sealed class MapPairChunkCall<T1, T2, TResult>(Func<T1, T2, TResult> function, (T1 First, T2 Second)[] items)
    : ExecutorCall<MapChunkResult<TResult>>
{
    public override MapChunkResult<TResult> Invoke(CancellationToken cancellationToken)
    {
        Func<T1, T2, TResult> pairFunction = function;
        return new MapChunkCall<(T1 First, T2 Second), TResult>(pair => pairFunction(pair.First, pair.Second), items)
            .Invoke(cancellationToken);
    }
}
