namespace Telar.Scripting;

/// <summary>A source text is not C#, or uses something that is not there. Nothing of it was run.</summary>
/// <remarks>
/// Python: <c>SyntaxError</c>, and <c>NameError</c> before anything runs. <b>Thread safety.</b> Immutable once thrown.
/// </remarks>
public sealed class ScriptCompilationException : Exception
{
    internal ScriptCompilationException(string name, IReadOnlyList<ScriptError> errors)
        : base($"Script '{name}' does not compile: {string.Join("; ", errors.Take(3))}"
            + (errors.Count > 3 ? $"; and {errors.Count - 3} more, see {nameof(Errors)}." : "")) => Errors = errors;

    /// <summary>What the compiler found, in the order of the text.</summary>
    public IReadOnlyList<ScriptError> Errors { get; }
}
