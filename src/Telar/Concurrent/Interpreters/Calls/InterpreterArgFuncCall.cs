using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Interpreters;

/// <summary>A call of a function of one argument.</summary>
internal sealed class InterpreterArgFuncCall<TArg, T>(Func<TArg, T> function, TArg argument) : RemoteCall
{
    public override void Execute(RemoteCallContext context) => context.SetResult(function(argument));
}
