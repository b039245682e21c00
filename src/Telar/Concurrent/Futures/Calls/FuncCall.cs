namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of a function.</summary>
internal sealed class FuncCall<T>(Func<T> function) : ExecutorCall<T>
{
    public override bool TakesToken => false;

    public override T Invoke(CancellationToken cancellationToken) => function();
}
