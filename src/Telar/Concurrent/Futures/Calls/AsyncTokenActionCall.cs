namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an async function without a result that takes the call's token.</summary>
internal sealed class AsyncTokenActionCall(Func<CancellationToken, Task> function) : AsyncCall<Nothing>
{
    protected override Nothing Run(CancellationToken cancellationToken) => End(function(cancellationToken));
}
