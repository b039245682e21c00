namespace Telar.Concurrent.Futures.Waiting;

/// <summary>A callback that the user added with AddDoneCallback.</summary>
internal sealed class CallbackWaiter<TFuture>(Action<TFuture> callback) : IFutureWaiter
    where TFuture : Future
{
    // The thread that ends a future belongs to an executor: async-locals are those of whoever added the callback, as in ContinueWith.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    public bool RunsUserCode => true;

    public void Notify(Future future)
    {
        try
        {
            if (_context is null)
            {
                callback((TFuture)future);
            }
            else
            {
                ExecutionContext.Run(_context, static state =>
                {
                    (Action<TFuture> callback, TFuture future) = ((Action<TFuture>, TFuture))state!; // never null: passed below
                    callback(future);
                }, (callback, (TFuture)future));
            }
        }
        catch (Exception exception)
        {
            Future.ReportCallbackFailure(future, exception);
        }
    }
}
