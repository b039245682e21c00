namespace Telar.Threading;

/// <summary>Ends the thread that throws it, silently: nothing is reported to <see cref="Thread.ExceptHook"/>.</summary>
/// <remarks>
/// Thrown by <see cref="LowLevel.Exit"/>. Only threads started by Telar catch it: on the main thread, or on a thread of the pool, it is an
/// exception like any other. Code between must let it pass. Python: <c>SystemExit</c> in a thread.
/// </remarks>
public sealed class ThreadExitException : Exception
{
    internal ThreadExitException()
        : base("The thread ends here. Only threads that Telar started can be ended like this; let the exception pass.")
    {
    }
}
