using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;

namespace Telar.HouseRules;

/// <summary>Symbols for the rules that need to know what a name means, not how it is spelt.</summary>
internal static class Compilations
{
    // What ImplicitUsings opens; a snippet and a source of src/Telar see the same names.
    private static readonly SourceFile s_implicitUsings = new("obj/ImplicitUsings.cs", """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """);

    // The packages that have public types; each may use the ones before it.
    private static readonly string[] s_packages = ["Telar", "Telar.Testing"];

    private static readonly Lazy<MetadataReference[]> s_framework = new(() =>
    [
        .. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll")
            .Where(IsManaged)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    private static readonly Lazy<CSharpCompilation> s_library = new(() => Compile(Repository.Sources("src/Telar")));
    private static readonly Lazy<IAssemblySymbol[]> s_shipped = new(() => [.. s_packages.Select(LoadShipped)]);

    /// <summary>The sources of src/Telar. Source generators have not run: the names they add are not there, all others are.</summary>
    public static CSharpCompilation Library => s_library.Value;

    /// <summary>Telar.dll as it was built, with its XML documentation.</summary>
    public static IAssemblySymbol Shipped => AllShipped[0];

    /// <summary>The assemblies of all packages, <see cref="Shipped"/> first.</summary>
    public static IReadOnlyList<IAssemblySymbol> AllShipped => s_shipped.Value;

    private static IEnumerable<PortableExecutableReference> ShippedReferences =>
        s_packages.Select(package => MetadataReference.CreateFromFile(PathOf(package)));

    public static CSharpCompilation Compile(IEnumerable<SourceFile> files) => CSharpCompilation.Create(
        "Telar",
        [s_implicitUsings.Tree, .. files.Select(file => file.Tree)],
        s_framework.Value,
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>
    /// A snippet, compiled and read back like Telar.dll. It must compile: a misspelt snippet would prove nothing.
    /// </summary>
    public static IAssemblySymbol Snippet(string source)
    {
        using MemoryStream assembly = new();
        using MemoryStream documentation = new();
        CSharpCompilation compilation = Compile([new SourceFile("src/Telar/Snippet.cs", source)]);
        EmitResult result = compilation.Emit(assembly, xmlDocumentationStream: documentation);
        if (!result.Success)
        {
            Diagnostic error = result.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
            throw new ArgumentException($"The snippet does not compile: {error}", nameof(source));
        }

        documentation.Position = 0;
        return Read(MetadataReference.CreateFromImage(
            assembly.ToArray(), documentation: new XmlDocComments(XDocument.Load(documentation))));
    }

    /// <summary>A program of one file that uses Telar.dll as it was built.</summary>
    public static CSharpCompilation Sample(SourceFile file) => CSharpCompilation.Create(
        "Sample",
        [s_implicitUsings.Tree, file.Tree],
        [.. s_framework.Value, .. ShippedReferences],
        new CSharpCompilationOptions(
            file.Root.Members.OfType<GlobalStatementSyntax>().Any() ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Every type a user of the assembly can name, nested ones included.</summary>
    public static IEnumerable<INamedTypeSymbol> PublicTypes(IAssemblySymbol assembly)
    {
        return InNamespace(assembly.GlobalNamespace);

        static IEnumerable<INamedTypeSymbol> InNamespace(INamespaceSymbol space) =>
            space.GetNamespaceMembers().SelectMany(InNamespace).Concat(space.GetTypeMembers().SelectMany(WithNested));

        static IEnumerable<INamedTypeSymbol> WithNested(INamedTypeSymbol type) =>
            IsVisible(type) ? type.GetTypeMembers().SelectMany(WithNested).Prepend(type) : [];
    }

    public static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    private static bool IsManaged(string path)
    {
        string name = Path.GetFileName(path);
        return name.StartsWith("System.", StringComparison.Ordinal) && !name.Contains(".Native.", StringComparison.Ordinal)
            || name is "mscorlib.dll" or "netstandard.dll" or "Microsoft.Win32.Primitives.dll";
    }

    private static string PathOf(string package) => Path.Combine(AppContext.BaseDirectory, package + ".dll");

    private static IAssemblySymbol LoadShipped(string package)
    {
        string assembly = PathOf(package);
        string documentation = Path.ChangeExtension(assembly, ".xml");
        if (!File.Exists(documentation))
        {
            throw new FileNotFoundException(
                $"The doc comments of {package}.dll are read from '{documentation}', which the build makes. " +
                "Build tests/Telar.HouseRules again.",
                documentation);
        }

        return Read(
            MetadataReference.CreateFromFile(assembly, documentation: new XmlDocComments(XDocument.Load(documentation))),
            ShippedReferences.TakeWhile(used => used.FilePath != assembly));
    }

    private static IAssemblySymbol Read(PortableExecutableReference reference, IEnumerable<MetadataReference>? used = null)
    {
        CSharpCompilation reader = CSharpCompilation.Create("reader", references: [.. s_framework.Value, .. used ?? [], reference]);
        return (IAssemblySymbol)reader.GetAssemblyOrModuleSymbol(reference)!;
    }
}
