using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules.Rules;

/// <summary>H7: a native function is found by its operating system, library and name.</summary>
internal static partial class NativeCalls
{
    public const string Text =
        "H7: native calls stand only in Interop/<OS>/<Library>/Interop.<Function>.cs, one function a file, as members of " +
        "'internal static partial class Interop { internal static partial class <Library>'. What the process asks of the kernel " +
        "is listed by 'ls'.";

    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files) => files.SelectMany(Check);

    private static IEnumerable<Violation> Check(SourceFile file)
    {
        Match place = Place().Match(file.Path);
        foreach (AttributeSyntax attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>())
        {
            if (Name(attribute) is not ("LibraryImport" or "DllImport")
                || attribute.Parent?.Parent is not MethodDeclarationSyntax method)
            {
                continue;
            }

            string function = EntryPoint(attribute) ?? method.Identifier.ValueText;
            string[] classes = [.. method.Ancestors().OfType<TypeDeclarationSyntax>().Select(type => type.Identifier.ValueText)];
            if (Name(attribute) == "DllImport")
            {
                yield return file.At(
                    attribute, $"'{function}' is a DllImport, whose marshalling stub is compiled at run time. Use LibraryImport.");
            }
            else if (!place.Success)
            {
                yield return file.At(attribute, $"'{function}' belongs in src/Telar/Interop/<OS>/<Library>/Interop.{function}.cs.");
            }
            else if (Plain(function) != Plain(place.Groups["function"].Value))
            {
                yield return file.At(attribute, $"'{function}' needs a file of its own: Interop.{function}.cs.");
            }
            else if (!IsClassOf(place, classes))
            {
                yield return file.At(
                    attribute, $"'{function}' is a member of {string.Join(" in ", classes)}: by its path it belongs in " +
                    $"{place.Groups["library"].Value} in Interop.");
            }
        }

        if (!file.IsIn("src/Telar/Interop"))
        {
            foreach (IdentifierNameSyntax name in file.Root.DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText == "NativeLibrary")
                {
                    yield return file.At(name, "loads a native library or symbol: do it below src/Telar/Interop.");
                }
            }
        }
    }

    // Two systems may declare the same function for the same library: then the class of one is called by both, such as UnixLibc.
    private static bool IsClassOf(Match place, string[] classes)
    {
        string library = place.Groups["library"].Value;
        return classes is [var inner, "Interop"] && (inner == library || inner == place.Groups["system"].Value + library);
    }

    private static string Name(AttributeSyntax attribute)
    {
        string name = attribute.Name.ToString();
        name = name[(name.LastIndexOf('.') + 1)..];
        return name.EndsWith("Attribute", StringComparison.Ordinal) ? name[..^"Attribute".Length] : name;
    }

    private static string? EntryPoint(AttributeSyntax attribute) =>
        attribute.ArgumentList?.Arguments
            .Where(argument => argument.NameEquals?.Name.Identifier.ValueText == "EntryPoint")
            .Select(argument => (argument.Expression as LiteralExpressionSyntax)?.Token.ValueText)
            .FirstOrDefault();

    // posix_spawn, PosixSpawn and _posix_spawn64 are told apart by their letters alone.
    private static string Plain(string function) => function.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    [GeneratedRegex(@"^src/Telar/Interop/(?<system>[A-Z]\w*)/(?<library>[A-Z]\w*)/Interop\.(?<function>\w+)\.cs$")]
    private static partial Regex Place();
}
