namespace Telar.Threading;

/// <summary>A barrier was broken or reset, so that not all its parties can meet.</summary>
/// <remarks>
/// <para>Python: <c>threading.BrokenBarrierError</c>.</para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class BrokenBarrierException : InvalidOperationException
{
    internal BrokenBarrierException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
