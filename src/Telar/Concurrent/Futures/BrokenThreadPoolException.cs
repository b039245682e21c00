namespace Telar.Concurrent.Futures;

/// <summary>The initializer of a pool's threads threw; the inner exception is what it threw.</summary>
/// <remarks>
/// Python: <c>concurrent.futures.thread.BrokenThreadPool</c>. <b>Thread safety.</b> As any exception.
/// </remarks>
public class BrokenThreadPoolException : BrokenExecutorException
{
    internal BrokenThreadPoolException(string executor, string message, Exception? cause = null)
        : base(executor, message, cause)
    {
    }
}
