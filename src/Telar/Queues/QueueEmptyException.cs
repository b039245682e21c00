namespace Telar.Queues;

/// <summary>A get found nothing in the queue, at once or within its time.</summary>
/// <remarks>
/// <para>Python: <c>queue.Empty</c>.</para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class QueueEmptyException : InvalidOperationException
{
    internal QueueEmptyException(string message)
        : base(message)
    {
    }
}
