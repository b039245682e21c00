using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using Telar.Concurrent.Interpreters;

namespace Telar.Scripting;

/// <summary>A source text of C# that was compiled, to be run in any number of interpreters.</summary>
/// <remarks>
/// <para>
/// The text is a program of top-level statements: statements first, then methods and types, as in a <c>Program.cs</c>. It may <c>await</c>, read
/// <c>args</c> and <c>return</c> a number. It sees what is public in the program and in .NET.
/// </para>
/// <para>Python: a code object, as <c>compile(source, name, "exec")</c> makes it.</para>
/// <para><b>Thread safety.</b> Immutable.</para>
/// </remarks>
public sealed class Script
{
    private static readonly CSharpParseOptions s_language = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);
    private static readonly Lazy<MetadataReference[]> s_program = new(ProgramReferences);
    private static long s_count;

    private readonly byte[] _image;
    private readonly byte[] _symbols;

    private Script(string name, byte[] image, byte[] symbols)
    {
        Name = name;
        _image = image;
        _symbols = symbols;
    }

    /// <summary>What stack traces and messages call the text.</summary>
    public string Name { get; }

    /// <summary>Compiles a source text.</summary>
    /// <param name="source">The text.</param>
    /// <param name="options">Its name and what it may use; <see langword="null"/> for the defaults.</param>
    /// <returns>The compiled text.</returns>
    /// <exception cref="ScriptCompilationException">The text has errors.</exception>
    public static Script Compile(string source, ScriptOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new ScriptOptions();
        CSharpCompilation compilation = CSharpCompilation.Create(
            string.Create(CultureInfo.InvariantCulture, $"Script-{Interlocked.Increment(ref s_count)}"),
            [
                CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), s_language, options.Name),
                CSharpSyntaxTree.ParseText(SourceText.From(Frame(options), Encoding.UTF8), s_language, "names"),
            ],
            [.. s_program.Value, .. options.References.Select(static file => MetadataReference.CreateFromFile(file))],
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        return result.Success
            ? new Script(options.Name, image.ToArray(), symbols.ToArray())
            : throw new ScriptCompilationException(options.Name, [.. Errors(result)]);
    }

    /// <summary>Runs the script in an interpreter, on the calling thread.</summary>
    /// <param name="interpreter">Where.</param>
    /// <param name="arguments">What it finds in <c>args</c>.</param>
    /// <returns>What it returns; 0 if that is nothing.</returns>
    /// <exception cref="ExecutionFailedException">The script threw.</exception>
    /// <exception cref="InterpreterNotFoundException">The interpreter is closed.</exception>
    public int RunIn(Interpreter interpreter, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(interpreter);
        return interpreter.ExecImage(_image, _symbols, arguments);
    }

    // The class of the top-level statements is partial: what stands here can be named there.
    private static string Frame(ScriptOptions options)
    {
        var text = new StringBuilder();
        foreach (string space in options.Usings)
        {
            _ = text.Append("global using ").Append(space).Append(";\n");
        }

        _ = text.Append("static partial class Program\n{\n");
        foreach (string name in options.Names.Where(SyntaxFacts.IsValidIdentifier))
        {
            const string Current = "global::Telar.Concurrent.Interpreters.Interpreter.Current";
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"    internal static dynamic? @{name} {{ get => {Current}.GetMain<object>(\"{name}\"); set => {Current}.PrepareMain(\"{name}\", (object?)value); }}\n");
        }

        return text.Append("}\n").ToString();
    }

    private static IEnumerable<ScriptError> Errors(EmitResult result)
    {
        foreach (Diagnostic diagnostic in result.Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
        {
            bool hasPlace = diagnostic.Location.IsInSource;
            LinePosition place = diagnostic.Location.GetLineSpan().StartLinePosition;
            yield return new ScriptError(
                diagnostic.Id, hasPlace ? place.Line + 1 : 0, hasPlace ? place.Character + 1 : 0, diagnostic.GetMessage(CultureInfo.InvariantCulture));
        }
    }

    // All that the host found for this program, .NET's assemblies included.
    private static MetadataReference[] ProgramReferences()
    {
        string list = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        return [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(static file => MetadataReference.CreateFromFile(file))];
    }
}
