using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules;

/// <summary>From a name in a source to what it stands for.</summary>
internal static class Symbols
{
    /// <summary>What a name means; the first candidate when it is ambiguous without the generators' output.</summary>
    public static ISymbol? Of(SemanticModel model, SimpleNameSyntax name)
    {
        SymbolInfo info = model.GetSymbolInfo(name);
        return info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
    }

    /// <summary>
    /// The top-level type that holds the symbol, or <see langword="null"/> when it is no type or member of <paramref name="assembly"/>.
    /// </summary>
    public static INamedTypeSymbol? OutermostType(ISymbol? symbol, IAssemblySymbol assembly)
    {
        if (symbol is null or INamespaceSymbol || !SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, assembly))
        {
            return null;
        }

        INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
        while (type?.ContainingType is { } outer)
        {
            type = outer;
        }

        return type;
    }
}
