namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an action that takes the call's token.</summary>
internal sealed class TokenActionCall(Action<CancellationToken> action) : ExecutorCall<Nothing>
{
    public override Nothing Invoke(CancellationToken cancellationToken)
    {
        action(cancellationToken);
        return default;
    }
}
