namespace Telar.Concurrent.Futures;

/// <summary>An executor cannot run calls any more; pending calls end with this, and it takes no new ones.</summary>
/// <remarks>Python: <c>concurrent.futures.BrokenExecutor</c>.</remarks>
public class BrokenExecutorException : InvalidOperationException
{
    internal BrokenExecutorException(string executor, string message, Exception? cause = null)
        : base(message, cause) => Executor = executor;

    /// <summary>The name of the executor.</summary>
    public string Executor { get; }
}
