using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Telar.HouseRules;

/// <summary>A text file of the repository, or a snippet that stands for one.</summary>
/// <param name="path">Relative to the repository root, with forward slashes on every system.</param>
/// <param name="text">The content.</param>
internal sealed class SourceFile(string path, string text)
{
    private static readonly CSharpParseOptions s_options = new(
        LanguageVersion.CSharp14,
        DocumentationMode.Parse,
        preprocessorSymbols: ["DEBUG", "TRACE", "NET", "NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0_OR_GREATER", "NET10_0"]);

    private SyntaxTree? _tree;

    public string Path { get; } = path;

    public string Text { get; } = text;

    public string FileName => Path[(Path.LastIndexOf('/') + 1)..];

    // One tree for all: two tests that parse at the same time must not get two, of which one is in no compilation.
    public SyntaxTree Tree
    {
        get
        {
            if (Volatile.Read(ref _tree) is null)
            {
                Interlocked.CompareExchange(ref _tree, CSharpSyntaxTree.ParseText(Text, s_options, Path), null);
            }

            return _tree!; // Set above, once.
        }
    }

    public CompilationUnitSyntax Root => (CompilationUnitSyntax)Tree.GetRoot();

    public IEnumerable<(int Number, string Text)> Lines => Text.Split('\n').Select((line, index) => (index + 1, line.TrimEnd('\r')));

    /// <summary>Every type that is not nested in another, delegates included.</summary>
    public IEnumerable<MemberDeclarationSyntax> TopLevelTypes =>
        Root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public Violation At(SyntaxNode node, string message) => At(node.Span, message);

    public Violation At(TextSpan span, string message) => new(Path, Tree.GetLineSpan(span).StartLinePosition.Line + 1, message);

    public static string NameOf(MemberDeclarationSyntax type) => type switch
    {
        BaseTypeDeclarationSyntax declaration => declaration.Identifier.ValueText,
        DelegateDeclarationSyntax declaration => declaration.Identifier.ValueText,
        _ => throw new ArgumentException($"A {type.Kind()} declares no type.", nameof(type)),
    };

    public override string ToString() => Path;
}
