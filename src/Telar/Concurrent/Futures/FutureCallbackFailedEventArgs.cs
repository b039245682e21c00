namespace Telar.Concurrent.Futures;

/// <summary>Says which future's callback threw what.</summary>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public sealed class FutureCallbackFailedEventArgs : EventArgs
{
    internal FutureCallbackFailedEventArgs(Future future, Exception exception)
    {
        Future = future;
        Exception = exception;
    }

    /// <summary>The future that the callback was added to. It has ended, and its outcome is not affected.</summary>
    public Future Future { get; }

    /// <summary>What the callback threw.</summary>
    public Exception Exception { get; }
}
