using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules.Rules;

/// <summary>H4: where to look for the second thing that a file or method does. Listed, never failing.</summary>
internal static class Sizes
{
    public const int FileLines = 400;
    public const int MethodLines = 60;

    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files)
        {
            int lines = file.Text.AsSpan().TrimEnd().Count('\n') + 1;
            if (lines > FileLines)
            {
                yield return new Violation(file.Path, 0, $"{lines} lines (more than {FileLines})");
            }

            IEnumerable<SyntaxNode> methods = file.Root.DescendantNodes()
                .Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax);
            foreach (SyntaxNode method in methods)
            {
                FileLinePositionSpan span = file.Tree.GetLineSpan(method.Span);
                int length = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                if (length > MethodLines)
                {
                    yield return file.At(method, $"a method of {length} lines (more than {MethodLines})");
                }
            }
        }
    }
}
