using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Interpreters;

/// <summary>A call of an async function.</summary>
internal sealed class InterpreterAsyncFuncCall<T>(Func<Task<T>> function) : InterpreterAsyncCall
{
    public override async Task ExecuteAsync(RemoteCallContext context) => context.SetResult(await Given(function()).ConfigureAwait(false));
}
