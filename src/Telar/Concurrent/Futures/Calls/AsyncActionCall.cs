namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an async function without a result.</summary>
internal sealed class AsyncActionCall(Func<Task> function) : AsyncCall<Nothing>
{
    public override bool TakesToken => false;

    protected override Nothing Run(CancellationToken cancellationToken) => End(function());
}
