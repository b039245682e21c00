namespace Telar.Subprocesses;

/// <summary>Something went wrong with a child process.</summary>
/// <remarks>Python: <c>subprocess.SubprocessError</c>. <b>Thread safety.</b> As any exception.</remarks>
public class SubprocessException : Exception
{
    internal SubprocessException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
