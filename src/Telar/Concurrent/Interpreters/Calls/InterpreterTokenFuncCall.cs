using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Interpreters;

/// <summary>A call of a function that takes the call's token.</summary>
internal sealed class InterpreterTokenFuncCall<T>(Func<CancellationToken, T> function) : RemoteCall
{
    public override void Execute(RemoteCallContext context) => context.SetResult(function(context.CancellationToken));
}
