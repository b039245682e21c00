namespace Telar.Concurrent.Futures;

/// <summary>A pool of processes cannot start workers any more.</summary>
/// <remarks>
/// Python: <c>concurrent.futures.process.BrokenProcessPool</c>. There it also follows the death of one worker; here only the call that the
/// worker ran ends, with <see cref="WorkerDiedException"/>, and the pool goes on.
/// </remarks>
public sealed class BrokenProcessPoolException : BrokenExecutorException
{
    internal BrokenProcessPoolException(string executor, string message, Exception? cause = null)
        : base(executor, message, cause)
    {
    }
}
