namespace Telar.Concurrent.Futures;

/// <summary>An interpreter of a pool could not be made, or its initializer threw; the inner exception is what happened.</summary>
/// <remarks>
/// Python: <c>concurrent.futures.interpreter.BrokenInterpreterPool</c>. <b>Thread safety.</b> As any exception.
/// </remarks>
public sealed class BrokenInterpreterPoolException : BrokenThreadPoolException
{
    internal BrokenInterpreterPoolException(string executor, string message, Exception? cause = null)
        : base(executor, message, cause)
    {
    }
}
