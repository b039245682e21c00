namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an async function.</summary>
internal sealed class AsyncFuncCall<T>(Func<Task<T>> function) : AsyncCall<T>
{
    public override bool TakesToken => false;

    protected override T Run(CancellationToken cancellationToken) => End(function());
}
