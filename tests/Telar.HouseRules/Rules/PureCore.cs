using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules.Rules;

/// <summary>H1, for some types: the cores and all they reach know no clock, thread or I/O.</summary>
internal static class PureCore
{
    public const string Text =
        "H1: a core is pure. The simulator can only replay a schedule when nothing but its events decides what the core does.";

    private static readonly string[] s_cores = ["Telar.Multiprocessing.Pools.PoolCore", "Telar.Subprocesses.BatchCore"];

    private static readonly string[] s_impureNamespaces =
        ["System.IO", "System.Net", "System.Threading", "System.Runtime.InteropServices", "Microsoft.Win32"];

    private static readonly HashSet<string> s_impureTypes = new(
        ["System.Console", "System.DateTime", "System.DateTimeOffset", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch",
         "System.Environment", "System.Random", "System.TimeProvider"],
        StringComparer.Ordinal);

    // The same in every run of a process, so no source of chance.
    private static readonly HashSet<string> s_constants = new(
        ["System.Environment.ProcessorCount", "System.Threading.Timeout.Infinite", "System.Threading.Timeout.InfiniteTimeSpan"],
        StringComparer.Ordinal);

    /// <summary>Walks from each core through every type of the library that it names.</summary>
    public static IEnumerable<Violation> Check(CSharpCompilation compilation, IReadOnlyList<SourceFile> files)
    {
        Dictionary<SyntaxTree, SourceFile> fileOf = files.ToDictionary(file => file.Tree);
        Queue<(INamedTypeSymbol Type, string Chain)> waiting = new();
        HashSet<INamedTypeSymbol> seen = new(SymbolEqualityComparer.Default);
        foreach (INamedTypeSymbol core in s_cores.Select(compilation.GetTypeByMetadataName).OfType<INamedTypeSymbol>())
        {
            waiting.Enqueue((core, core.Name));
            seen.Add(core);
        }

        while (waiting.TryDequeue(out (INamedTypeSymbol Type, string Chain) next))
        {
            foreach (SyntaxReference part in next.Type.DeclaringSyntaxReferences)
            {
                SemanticModel model = compilation.GetSemanticModel(part.SyntaxTree);
                foreach (SimpleNameSyntax name in part.GetSyntax().DescendantNodes().OfType<SimpleNameSyntax>())
                {
                    ISymbol? symbol = Symbols.Of(model, name);
                    if (Symbols.OutermostType(symbol, compilation.Assembly) is { } own)
                    {
                        INamedTypeSymbol definition = own.OriginalDefinition;
                        if (seen.Add(definition))
                        {
                            waiting.Enqueue((definition, $"{next.Chain} -> {definition.Name}"));
                        }
                    }
                    else if ((symbol as INamedTypeSymbol ?? symbol?.ContainingType) is { } foreign
                        && IsImpure(foreign) && !IsConstant(name, symbol!))
                    {
                        yield return fileOf[part.SyntaxTree].At(
                            name, $"{next.Chain} uses {foreign.ToDisplayString()}: let the driver do it and tell the core by an event.");
                    }
                }
            }
        }
    }

    // In 'Timeout.Infinite' the name of the type says nothing by itself: the member that is taken from it decides.
    private static bool IsConstant(SimpleNameSyntax name, ISymbol symbol) =>
        symbol is INamedTypeSymbol
            ? name.Parent is MemberAccessExpressionSyntax access && access.Expression == name
            : s_constants.Contains($"{symbol.ContainingType.ToDisplayString()}.{symbol.Name}");

    private static bool IsImpure(INamedTypeSymbol type)
    {
        string space = type.ContainingNamespace.ToDisplayString();
        return s_impureNamespaces.Any(impure => space == impure || space.StartsWith(impure + ".", StringComparison.Ordinal))
            || s_impureTypes.Contains($"{space}.{type.Name}");
    }
}
