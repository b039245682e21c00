using Telar.Multiprocessing.Workers;
using Telar.Serialization;

namespace Telar.Concurrent.Interpreters;

/// <summary>A call of an async function: nobody waits for its task on a thread.</summary>
internal abstract class InterpreterAsyncCall : ITelarSendable
{
    /// <summary>Calls the function and awaits its task; a result goes to <paramref name="context"/>.</summary>
    public abstract Task ExecuteAsync(RemoteCallContext context);

    protected static TTask Given<TTask>(TTask? task)
        where TTask : Task => task ?? throw new InvalidOperationException(
            "The async function that was to run in an interpreter returned null instead of a task. Return a task: one that has ended is "
            + "Task.CompletedTask, one with a result is Task.FromResult(result).");
}
