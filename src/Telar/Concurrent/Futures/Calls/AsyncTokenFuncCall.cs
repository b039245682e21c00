namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an async function that takes the call's token.</summary>
internal sealed class AsyncTokenFuncCall<T>(Func<CancellationToken, Task<T>> function) : AsyncCall<T>
{
    protected override T Run(CancellationToken cancellationToken) => End(function(cancellationToken));
}
