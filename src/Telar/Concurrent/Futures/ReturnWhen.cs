namespace Telar.Concurrent.Futures;

/// <summary>When <c>Futures.Wait</c> returns.</summary>
/// <remarks>Python: the <c>return_when</c> constants of <c>concurrent.futures</c>.</remarks>
public enum ReturnWhen
{
    /// <summary>When all have ended. Python: <c>ALL_COMPLETED</c>.</summary>
    AllCompleted,

    /// <summary>When one has ended, in whatever way. Python: <c>FIRST_COMPLETED</c>.</summary>
    FirstCompleted,

    /// <summary>
    /// When one has ended with an exception, and otherwise when all have ended. A cancelled one does not count.
    /// Python: <c>FIRST_EXCEPTION</c>.
    /// </summary>
    FirstException,
}
