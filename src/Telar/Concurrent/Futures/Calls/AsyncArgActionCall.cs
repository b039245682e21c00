namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an async function of one argument without a result.</summary>
internal sealed class AsyncArgActionCall<TArg>(Func<TArg, Task> function, TArg argument) : AsyncCall<Nothing>
{
    public override bool TakesToken => false;

    protected override Nothing Run(CancellationToken cancellationToken) => End(function(argument));
}
