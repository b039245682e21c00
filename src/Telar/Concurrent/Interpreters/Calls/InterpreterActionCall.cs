using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Interpreters;

/// <summary>A call of an action.</summary>
internal sealed class InterpreterActionCall(Action action) : RemoteCall
{
    public override void Execute(RemoteCallContext context) => action();
}
