using Telar.Multiprocessing.Workers;

namespace Telar.Concurrent.Futures.Calls;

/// <summary>A call that was given to an executor: what to run, and on what. The future, options and token live elsewhere.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
internal abstract class ExecutorCall<T> : RemoteCall
{
    /// <summary>Whether the token of <see cref="Invoke"/> is looked at: a call that cannot be asked to stop needs none.</summary>
    public virtual bool TakesToken => true;

    /// <summary>Runs the call on this thread.</summary>
    /// <param name="cancellationToken">Cancelled when the caller wants the call to stop.</param>
    /// <returns>The result.</returns>
    public abstract T Invoke(CancellationToken cancellationToken);

    public sealed override void Execute(RemoteCallContext context)
    {
        if (!context.HasTaskContext)
        {
            TaskContext.Enter(name: null, context.Attempt, report: null, context.CancellationToken);
        }

        ExecuteHere(context);
    }

    /// <summary>As <see cref="Execute"/>, in the <see cref="TaskContext"/> that is there already.</summary>
    public void ExecuteHere(RemoteCallContext context) => context.SetResult(Invoke(context.CancellationToken));

    /// <summary>Runs the call on this thread and ends <paramref name="future"/>: for executors of this process.</summary>
    public void RunInto(Future<T> future, CancellationToken cancellationToken)
    {
        T value;
        try
        {
            value = Invoke(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            future.TrySetCancelled(CancellationToken.None);
            return;
        }
        catch (Exception exception)
        {
            future.TrySetException(exception);
            return;
        }

        future.TrySetResult(value);
    }
}
