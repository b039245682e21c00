using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Interpreters;

/// <summary>A call of an action of one argument.</summary>
internal sealed class InterpreterArgActionCall<TArg>(Action<TArg> action, TArg argument) : RemoteCall
{
    public override void Execute(RemoteCallContext context) => action(argument);
}
