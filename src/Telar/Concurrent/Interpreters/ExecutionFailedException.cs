namespace Telar.Concurrent.Interpreters;

/// <summary>Code that ran in an interpreter ended with an exception.</summary>
/// <remarks>
/// <para>
/// The inner exception is a copy of the original as an exception of the caller's own copy of its type, with the stack of the interpreter;
/// <see langword="null"/> when the caller has no such type. <see cref="Info"/> is there in any case. The interpreter goes on.
/// </para>
/// <para>Python: <c>concurrent.interpreters.ExecutionFailed</c>.</para>
/// <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public sealed class ExecutionFailedException : InterpreterException
{
    internal ExecutionFailedException(long interpreterId, ExceptionInfo info, Exception? original)
        : base(interpreterId, $"Code that ran in interpreter {interpreterId} threw {info.TypeName}: {info.Message}", original) => Info = info;

    /// <summary>What the original was, as data.</summary>
    /// <remarks>Python: <c>ExecutionFailed.excinfo</c>.</remarks>
    public ExceptionInfo Info { get; }

    /// <summary>The message, the stack in the interpreter, and the caller's.</summary>
    /// <returns>A text for logs.</returns>
    public override string ToString() => InnerException is not null || Info.StackTrace.Length == 0
        ? base.ToString()
        : $"{base.ToString()}{Environment.NewLine}--- in interpreter {InterpreterId} ---{Environment.NewLine}{Info.StackTrace}";
}
