namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of a function that takes the call's token.</summary>
internal sealed class TokenFuncCall<T>(Func<CancellationToken, T> function) : ExecutorCall<T>
{
    public override T Invoke(CancellationToken cancellationToken) => function(cancellationToken);
}
