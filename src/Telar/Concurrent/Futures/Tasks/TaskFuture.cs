namespace Telar.Concurrent.Futures.Tasks;

/// <summary>The owner of a future that ends as a task ends: it stops the task by the source that the user gave with it, if any.</summary>
/// <param name="stop">The source of the token that the task observes.</param>
internal sealed class TaskFuture(CancellationTokenSource? stop) : IFutureOwner
{
    /// <summary>A running future that ends as <paramref name="task"/> does.</summary>
    /// <param name="task">The task.</param>
    /// <param name="result">Gives the result of the task, which has succeeded.</param>
    /// <param name="stop">What to cancel to have the task stop, or null.</param>
    /// <param name="name">The name of the future, or null.</param>
    public static Future<T> Of<T>(Task task, Func<Task, T> result, CancellationTokenSource? stop, string? name)
    {
        OwnedFuture<T> future = new(name, new TaskFuture(stop));
        future.TryRun();
        if (task.IsCompleted)
        {
            End(future, task, result);
        }
        else
        {
            _ = task.ContinueWith(
                ended => End(future, ended, result),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return future;
    }

    public bool Withdraw(Future future) => false;

    public bool RequestStop(Future future)
    {
        try
        {
            stop?.Cancel();
            return stop is not null;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private static void End<T>(Future<T> future, Task task, Func<Task, T> result) => _ = task switch
    {
        { IsCompletedSuccessfully: true } => future.TrySetResult(result(task)),
        { IsCanceled: true } => future.TrySetCancelled(new TaskCanceledException(task).CancellationToken),
        { Exception.InnerExceptions: [var single] } => future.TrySetException(single),
        _ => future.TrySetException(task.Exception!), // it has failed
    };
}
