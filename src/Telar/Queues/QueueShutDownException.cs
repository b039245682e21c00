namespace Telar.Queues;

/// <summary>The queue was shut down: it takes nothing more, or has nothing left to give.</summary>
/// <remarks>
/// <para>Python: <c>queue.ShutDown</c>.</para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class QueueShutDownException : InvalidOperationException
{
    internal QueueShutDownException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
