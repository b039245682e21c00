namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an action.</summary>
internal sealed class ActionCall(Action action) : ExecutorCall<Nothing>
{
    public override bool TakesToken => false;

    public override Nothing Invoke(CancellationToken cancellationToken)
    {
        action();
        return default;
    }
}
