using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Interpreters;

/// <summary>A call of a function.</summary>
internal sealed class InterpreterFuncCall<T>(Func<T> function) : RemoteCall
{
    public override void Execute(RemoteCallContext context) => context.SetResult(function());
}
