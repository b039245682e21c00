namespace Telar.Queues;

/// <summary>A put found no room in the queue, at once or within its time.</summary>
/// <remarks>
/// <para>Python: <c>queue.Full</c>.</para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class QueueFullException : InvalidOperationException
{
    internal QueueFullException(string message)
        : base(message)
    {
    }
}
