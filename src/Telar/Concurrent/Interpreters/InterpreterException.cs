namespace Telar.Concurrent.Interpreters;

/// <summary>Something could not be done with an interpreter.</summary>
/// <remarks>
/// Python: <c>concurrent.interpreters.InterpreterError</c>. <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public class InterpreterException : InvalidOperationException
{
    internal InterpreterException(long interpreterId, string message, Exception? innerException = null)
        : base(message, innerException) => InterpreterId = interpreterId;

    /// <summary>The <see cref="Interpreter.Id"/> of the interpreter that it is about.</summary>
    public long InterpreterId { get; }
}
