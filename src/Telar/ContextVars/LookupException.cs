namespace Telar.ContextVars;

/// <summary>A variable has no value in the context it was looked up in, and no default to stand in.</summary>
/// <remarks>
/// <para>Python: the <c>LookupError</c> of <c>ContextVar.get</c>, and the <c>KeyError</c> of <c>context[var]</c>.</para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class LookupException : KeyNotFoundException
{
    internal LookupException(IContextVar variable, string message)
        : base(message) => Variable = variable;

    /// <summary>The variable that has no value.</summary>
    public IContextVar Variable { get; }
}
