namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an async function of one argument.</summary>
internal sealed class AsyncArgFuncCall<TArg, T>(Func<TArg, Task<T>> function, TArg argument) : AsyncCall<T>
{
    public override bool TakesToken => false;

    protected override T Run(CancellationToken cancellationToken) => End(function(argument));
}
