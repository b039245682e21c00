namespace Telar.Multiprocessing;

/// <summary>What the other process of a connection, or something shared with it, did wrong; the base of such exceptions.</summary>
/// <remarks>Python: <c>multiprocessing.ProcessError</c>. <b>Thread safety.</b> Immutable once thrown.</remarks>
public abstract class ProcessException : Exception
{
    private protected ProcessException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
