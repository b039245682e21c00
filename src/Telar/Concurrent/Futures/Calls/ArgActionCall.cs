namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an action of one argument.</summary>
internal sealed class ArgActionCall<TArg>(Action<TArg> action, TArg argument) : ExecutorCall<Nothing>
{
    public override bool TakesToken => false;

    public override Nothing Invoke(CancellationToken cancellationToken)
    {
        action(argument);
        return default;
    }
}
