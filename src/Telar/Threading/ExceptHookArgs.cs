namespace Telar.Threading;

/// <summary>What <see cref="Thread.ExceptHook"/> is told about an exception that a thread did not catch.</summary>
/// <param name="ExceptionType">The type of the exception.</param>
/// <param name="Exception">The exception.</param>
/// <param name="StackTrace">Where it was thrown; <see langword="null"/> when that is not known.</param>
/// <param name="Thread">The thread that ends by it; <see langword="null"/> when no <see cref="Threading.Thread"/> ran the code.</param>
/// <remarks>
/// <para>Python: <c>threading.ExceptHookArgs</c>.</para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public readonly record struct ExceptHookArgs(Type ExceptionType, Exception Exception, string? StackTrace, Thread? Thread)
{
    internal ExceptHookArgs(Exception exception, Thread? thread)
        : this(exception.GetType(), exception, exception.StackTrace, thread)
    {
    }
}
