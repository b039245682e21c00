using Microsoft.CodeAnalysis;

namespace Telar.HouseRules.Rules;

/// <summary>Who gets an exception of an executor finds its name in docs/troubleshooting.md.</summary>
internal static class Troubleshooting
{
    public const string Text =
        "Each public exception of Telar.Concurrent.* is named in a heading of docs/troubleshooting.md, which says what it means and what to do. " +
        "It is the page that somebody looks for with the text of an exception in his hands.";

    private const string Namespace = "Telar.Concurrent";

    public static IEnumerable<Violation> Check(SourceFile page, IAssemblySymbol assembly)
    {
        string headings = string.Join('\n', page.Lines.Select(static line => line.Text).Where(static line => line.StartsWith('#')));
        return Compilations.PublicTypes(assembly)
            .Where(static type => IsException(type) && type.ContainingNamespace.ToDisplayString().StartsWith(Namespace, StringComparison.Ordinal))
            .Where(type => !headings.Contains($"`{type.Name}`", StringComparison.Ordinal))
            .Select(type => new Violation(page.Path, 0, $"has no heading with `{type.Name}`."));
    }

    private static bool IsException(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? super = type.BaseType; super is not null; super = super.BaseType)
        {
            if (super.ToDisplayString() == "System.Exception")
            {
                return true;
            }
        }

        return false;
    }
}
