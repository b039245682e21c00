using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules.Rules;

/// <summary>H1: a namespace names only namespaces below it.</summary>
internal static class NamespaceArrows
{
    public const string Text =
        "H1: arrows between namespaces go down only. A lower layer that knows an upper one can be neither tested nor replaced alone.";

    private const string Interop = "Telar.Interop";

    // A layer may use what stands in its row, and whatever those may use.
    private static readonly Dictionary<string, string[]> s_mayUse = new(StringComparer.Ordinal)
    {
        [Interop] = [],
        ["Telar.Internal"] = [Interop],
        ["Telar.ContextVars"] = ["Telar.Internal"],
        ["Telar.Threading"] = ["Telar.ContextVars"], // a thread can be given the context it runs in
        ["Telar.Queues"] = ["Telar.Threading"],
        ["Telar.Sched"] = ["Telar.Threading"],
        ["Telar.Subprocesses"] = ["Telar.Threading", "Telar.Queues"],
        ["Telar.Serialization"] = ["Telar.Internal"],
        ["Telar.Multiprocessing"] =
            ["Telar.Sched", "Telar.Subprocesses", "Telar.Serialization"],
        ["Telar.Concurrent.Interpreters"] = ["Telar.Multiprocessing"],
        ["Telar.Concurrent.Futures"] = ["Telar.Multiprocessing", "Telar.Concurrent.Interpreters"],
    };

    public static IEnumerable<Violation> Check(CSharpCompilation compilation, IReadOnlyList<SourceFile> files) =>
        files.SelectMany(file => CheckFolder(file).Concat(CheckUsings(file)).Concat(CheckNames(compilation, file)));

    // src/Telar/Queues/X.cs declares Telar.Queues. A deeper folder sorts files: a type in it may stay in a namespace above,
    // down to the layer's.
    private static IEnumerable<Violation> CheckFolder(SourceFile file)
    {
        string folder = file.Path[..file.Path.LastIndexOf('/')];
        string expected = folder["src/".Length..].Replace('/', '.');
        foreach (MemberDeclarationSyntax type in file.TopLevelTypes)
        {
            string space = NamespaceOf(type);
            if (IsEntryPoint(space, SourceFile.NameOf(type)))
            {
                continue;
            }

            string declared = file.IsIn("src/Telar/Interop") && space == "Telar" ? Interop : space;
            if (LayerOf(declared) is null)
            {
                yield return file.At(type, $"namespace '{space}' is no layer. Layers are: {string.Join(", ", s_mayUse.Keys)}.");
            }
            else if (expected != declared && !expected.StartsWith(declared + ".", StringComparison.Ordinal))
            {
                yield return file.At(type, $"namespace '{space}' in folder '{folder}': move the file, or declare '{expected}'.");
            }
        }
    }

    private static IEnumerable<Violation> CheckUsings(SourceFile file)
    {
        string[] layers = [.. file.TopLevelTypes.Select(LayerOf).OfType<string>().Distinct()];
        foreach (UsingDirectiveSyntax directive in file.Root.DescendantNodes().OfType<UsingDirectiveSyntax>())
        {
            string target = directive.NamespaceOrType.ToString().Replace("global::", "", StringComparison.Ordinal);
            foreach (string layer in layers)
            {
                if (LayerOf(target) is { } used && !MayUse(layer, used))
                {
                    yield return file.At(directive, $"{layer} opens {target}, which is not below it.");
                }
            }
        }
    }

    // Doc comments are trivia, so they are not visited: a lower layer may point a reader upwards.
    private static IEnumerable<Violation> CheckNames(CSharpCompilation compilation, SourceFile file)
    {
        SemanticModel model = compilation.GetSemanticModel(file.Tree);
        foreach (MemberDeclarationSyntax type in file.TopLevelTypes)
        {
            if (LayerOf(type) is not { } layer)
            {
                continue;
            }

            foreach (SimpleNameSyntax name in type.DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (Symbols.OutermostType(Symbols.Of(model, name), compilation.Assembly) is { } used
                    && LayerOf(used) is { } usedLayer && !MayUse(layer, usedLayer))
                {
                    yield return file.At(name, $"{layer} uses {used.ToDisplayString()}, but {usedLayer} is not below it.");
                }
            }
        }
    }

    private static bool MayUse(string layer, string used) =>
        layer == used || s_mayUse[layer].Any(below => MayUse(below, used));

    private static string? LayerOf(MemberDeclarationSyntax type) => LayerOf(NamespaceOf(type), SourceFile.NameOf(type));

    private static string? LayerOf(INamedTypeSymbol type) =>
        LayerOf(type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(), type.Name);

    private static string? LayerOf(string space, string name) =>
        IsEntryPoint(space, name) ? "Telar.Multiprocessing"
        : space == "Telar" && name == "Interop" ? Interop
        : LayerOf(space);

    private static string? LayerOf(string space) =>
        s_mayUse.Keys.FirstOrDefault(layer => space == layer || space.StartsWith(layer + ".", StringComparison.Ordinal));

    // The runtime looks for a startup hook by this name in the global namespace; it hands over to the worker code of Multiprocessing.
    private static bool IsEntryPoint(string space, string name) => space.Length == 0 && name == "StartupHook";

    private static string NamespaceOf(MemberDeclarationSyntax type) =>
        string.Join('.', type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().Reverse().Select(space => space.Name.ToString()));
}
