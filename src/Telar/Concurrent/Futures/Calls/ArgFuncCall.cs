namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of a function of one argument.</summary>
internal sealed class ArgFuncCall<TArg, T>(Func<TArg, T> function, TArg argument) : ExecutorCall<T>
{
    public override bool TakesToken => false;

    public override T Invoke(CancellationToken cancellationToken) => function(argument);
}
