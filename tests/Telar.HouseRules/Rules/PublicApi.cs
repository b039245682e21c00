using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Telar.HouseRules.Rules;

/// <summary>H9: the public surface, written down, so that a change of it is seen in a review.</summary>
internal static partial class PublicApi
{
    public const string Text = "H9: the PublicApi.txt of each package is exactly the public surface of its assembly.";

    public const string Header = """
        # The public surface of the assembly, one member a line.
        # After an intended change: TELAR_ACCEPT_API=1 ./test.sh Telar.HouseRules

        """;

    private static readonly SymbolDisplayFormat s_format = new(
        SymbolDisplayGlobalNamespaceStyle.Omitted,
        SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeVariance
            | SymbolDisplayGenericsOptions.IncludeTypeConstraints,
        SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeModifiers
            | SymbolDisplayMemberOptions.IncludeAccessibility | SymbolDisplayMemberOptions.IncludeConstantValue
            | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeExplicitInterface,
        SymbolDisplayDelegateStyle.NameAndSignature,
        SymbolDisplayExtensionMethodStyle.StaticMethod,
        SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeModifiers | SymbolDisplayParameterOptions.IncludeExtensionThis,
        SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        SymbolDisplayLocalOptions.None,
        SymbolDisplayKindOptions.IncludeMemberKeyword,
        SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
            | SymbolDisplayMiscellaneousOptions.AllowDefaultLiteral);

    // Attributes that callers or their compilers act upon; the others are the implementation's business.
    private static readonly HashSet<string> s_shownAttributes = new(
        ["ExperimentalAttribute", "FlagsAttribute", "ObsoleteAttribute", "SupportedOSPlatformAttribute", "UnsupportedOSPlatformAttribute"],
        StringComparer.Ordinal);

    /// <summary>The content that PublicApi.txt must have.</summary>
    public static string Describe(IAssemblySymbol assembly)
    {
        StringBuilder text = new(Header);
        foreach (INamedTypeSymbol type in Compilations.PublicTypes(assembly).OrderBy(type => type.ToDisplayString(), StringComparer.Ordinal))
        {
            _ = text.Append('\n').Append(Heading(type)).Append('\n');
            IEnumerable<string> members = type.GetMembers().Where(IsListed).Select(member => Attributes(member) + Show(member));
            foreach (string member in members.Order(StringComparer.Ordinal))
            {
                _ = text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>The lines by which two surfaces differ, below the type that they belong to.</summary>
    public static IEnumerable<string> Differences(string accepted, string actual)
    {
        HashSet<(string Type, string Line)> old = [.. WithType(accepted)];
        HashSet<(string Type, string Line)> now = [.. WithType(actual)];
        var changes = old.Except(now).Select(row => (row.Type, Line: "- " + row.Line))
            .Concat(now.Except(old).Select(row => (row.Type, Line: "+ " + row.Line)));
        foreach (var type in changes.GroupBy(change => change.Type).OrderBy(type => type.Key, StringComparer.Ordinal))
        {
            yield return type.Key;
            foreach ((_, string line) in type)
            {
                yield return "  " + line;
            }
        }

        static IEnumerable<(string Type, string Line)> WithType(string text)
        {
            string type = "";
            foreach (string line in text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0 && line[0] != '#'))
            {
                type = line[0] == ' ' ? type : line.Split(" : ")[0];
                yield return (type, line.Trim());
            }
        }
    }

    private static bool IsListed(ISymbol member) =>
        Compilations.IsVisible(member)
        && member is not INamedTypeSymbol
        && member is not IMethodSymbol { AssociatedSymbol: not null }
        && member is not IMethodSymbol
            { MethodKind: MethodKind.Constructor, ContainingType.TypeKind: TypeKind.Enum or TypeKind.Struct, Parameters.Length: 0 }
        && member.ContainingType.TypeKind != TypeKind.Delegate
        // What a record's or enum's compiler adds follows from the heading.
        && !member.Name.Contains('<', StringComparison.Ordinal)
        && !member.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute");

    private static string Heading(INamedTypeSymbol type)
    {
        string kind = type switch
        {
            { TypeKind: TypeKind.Interface } => "interface ",
            { TypeKind: TypeKind.Enum } => "enum ",
            { TypeKind: TypeKind.Delegate } => "delegate ",
            { TypeKind: TypeKind.Struct } => $"{(type.IsReadOnly ? "readonly " : "")}{(type.IsRefLikeType ? "ref " : "")}struct ",
            { IsStatic: true } => "static class ",
            _ => $"{(type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}{(type.IsRecord ? "record " : "class ")}",
        };
        IEnumerable<ITypeSymbol> supertypes = type.TypeKind switch
        {
            TypeKind.Enum => type.EnumUnderlyingType is { SpecialType: not SpecialType.System_Int32 } underlying ? [underlying] : [],
            TypeKind.Delegate => [],
            _ => type.Interfaces.Where(Compilations.IsVisible).OrderBy(contract => contract.ToDisplayString(), StringComparer.Ordinal)
                .Prepend(type.BaseType!).Where(super => super is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }),
        };
        string accessibility = type.DeclaredAccessibility == Accessibility.Public ? "public " : "protected ";
        string[] names = [.. supertypes.Select(Show)];
        return Attributes(type) + accessibility + kind + Show(type) + (names.Length > 0 ? " : " + string.Join(", ", names) : "");
    }

    private static string Attributes(ISymbol symbol) => string.Concat(
        symbol.GetAttributes()
            .Where(attribute => s_shownAttributes.Contains(attribute.AttributeClass?.Name ?? ""))
            .Select(attribute => $"[{attribute.AttributeClass!.Name[..^"Attribute".Length]}] ")
            .Order(StringComparer.Ordinal));

    private static string Show(ISymbol symbol) => OfImplicitUsings().Replace(symbol.ToDisplayString(s_format), "");

    // 'System.Threading.Tasks.Task' reads as 'Task'; a name of Telar always keeps its namespace, so the two never look alike.
    [GeneratedRegex(@"\bSystem\.(?:Collections\.Generic\.|Threading\.Tasks\.|Threading\.)?(?=[A-Za-z_]\w*\b(?!\.))")]
    private static partial Regex OfImplicitUsings();
}
