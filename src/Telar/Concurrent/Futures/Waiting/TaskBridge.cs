namespace Telar.Concurrent.Futures.Waiting;

/// <summary>The task of a future that somebody awaits.</summary>
// Continuations run asynchronously: the thread that ends a future belongs to an executor, and has other work.
internal sealed class TaskBridge<T>() : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IFutureWaiter
{
    public bool RunsUserCode => false;

    public void Notify(Future future) => SetFromTask(((Future<T>)future).ToCompletedTask());
}
