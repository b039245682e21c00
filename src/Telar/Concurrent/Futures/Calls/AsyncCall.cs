namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call of an async function: its worker waits until the task has ended.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
internal abstract class AsyncCall<T> : ExecutorCall<T>
{
    public sealed override T Invoke(CancellationToken cancellationToken)
    {
        // This thread is about to block: what the function awaits must not want to come back to it.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return Run(cancellationToken);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Starts the function and waits for the end of its task (<see cref="End"/>).</summary>
    protected abstract T Run(CancellationToken cancellationToken);

    protected static TResult End<TResult>(Task<TResult>? task) => (task ?? throw NoTask()).GetAwaiter().GetResult();

    protected static Nothing End(Task? task)
    {
        (task ?? throw NoTask()).GetAwaiter().GetResult();
        return default;
    }

    private static InvalidOperationException NoTask() => new(
        "The async function that was submitted returned null instead of a task. Return a task: one that has ended is Task.CompletedTask, " +
        "one with a result is Task.FromResult(result).");
}
