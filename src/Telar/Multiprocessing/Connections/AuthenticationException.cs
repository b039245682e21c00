namespace Telar.Multiprocessing;

/// <summary>The two sides of a connection could not show each other that they know the same key.</summary>
/// <remarks>
/// The connection is closed; nothing that the other side sent was decoded.
/// Python: <c>multiprocessing.AuthenticationError</c>. <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public sealed class AuthenticationException : ProcessException
{
    internal AuthenticationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
