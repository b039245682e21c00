namespace Telar.Scripting;

/// <summary>One thing that the compiler found wrong in a source text.</summary>
/// <param name="Id">The compiler's number, such as <c>CS0103</c>.</param>
/// <param name="Line">The line in the text, from 1; 0 when the error is not in one place.</param>
/// <param name="Column">The column in the line, from 1; 0 when the error is not in one place.</param>
/// <param name="Message">What is wrong.</param>
/// <remarks><b>Thread safety.</b> Immutable.</remarks>
public sealed record ScriptError(string Id, int Line, int Column, string Message)
{
    /// <summary>The error in the form of compilers.</summary>
    /// <returns>For example <c>(3,7): CS0103: The name 'x' does not exist in the current context</c>.</returns>
    public override string ToString() => $"({Line},{Column}): {Id}: {Message}";
}
