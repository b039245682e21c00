namespace Telar.Scripting;

/// <summary>How a source text is compiled.</summary>
/// <remarks><b>Thread safety.</b> Immutable, as long as nobody changes the collections given to it.</remarks>
public sealed record ScriptOptions
{
    /// <summary>What stack traces and messages call the text: a path, most likely.</summary>
    /// <value>Default: <c>script</c>.</value>
    public string Name { get; init; } = "script";

    /// <summary>Namespaces that the text need not open itself.</summary>
    /// <value>Default: those of a new console program, and Telar's interpreters.</value>
    public IReadOnlyCollection<string> Usings { get; init; } =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
        "Telar.Concurrent.Interpreters",
    ];

    /// <summary>Files of assemblies that the text uses beside those of this program.</summary>
    /// <value>Default: none. The interpreter must be able to find them too: beside the program, or in a folder of its own programs.</value>
    public IReadOnlyCollection<string> References { get; init; } = [];

    /// <summary>
    /// Names that the text uses without declaring them: <see cref="Telar.Concurrent.Interpreters.Interpreter.GetMain"/> gives their values while it
    /// runs, and an assignment is <see cref="Telar.Concurrent.Interpreters.Interpreter.PrepareMain(string, object?)"/>.
    /// </summary>
    /// <value>Default: none. Their type is <c>dynamic</c>. Names that are not C# identifiers are passed over.</value>
    public IReadOnlyCollection<string> Names { get; init; } = [];
}
