namespace Telar.Concurrent.Interpreters;

/// <summary>The interpreter was closed, or there never was one of that number.</summary>
/// <remarks>
/// Python: <c>concurrent.interpreters.InterpreterNotFoundError</c>. <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public sealed class InterpreterNotFoundException : InterpreterException
{
    internal InterpreterNotFoundException(long interpreterId, string message)
        : base(interpreterId, message)
    {
    }
}
