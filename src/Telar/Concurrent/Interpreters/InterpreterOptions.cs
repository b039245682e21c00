namespace Telar.Concurrent.Interpreters;

/// <summary>How an interpreter is made.</summary>
/// <remarks>
/// Python has no such options. <b>Thread safety.</b> Immutable, as long as nobody changes the collection given to <see cref="SharedAssemblies"/>.
/// </remarks>
public sealed record InterpreterOptions
{
    /// <summary>A name for messages and debuggers.</summary>
    /// <value>Default null: <c>interpreter-N</c>.</value>
    public string? Name { get; init; }

    /// <summary>The simple names of assemblies of which the interpreter has no copy of its own: their statics and types are the program's.</summary>
    /// <value>Default: none. The platform's assemblies and Telar's are shared always.</value>
    public IReadOnlyCollection<string> SharedAssemblies { get; init; } = [];
}
