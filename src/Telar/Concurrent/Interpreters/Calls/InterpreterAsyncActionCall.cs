using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Interpreters;

/// <summary>A call of an async function without a result.</summary>
internal sealed class InterpreterAsyncActionCall(Func<Task> function) : InterpreterAsyncCall
{
    public override Task ExecuteAsync(RemoteCallContext context) => Given(function());
}
