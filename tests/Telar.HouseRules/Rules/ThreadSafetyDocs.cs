using Microsoft.CodeAnalysis;

namespace Telar.HouseRules.Rules;

/// <summary>H10: a public type says what several threads may do with it.</summary>
internal static class ThreadSafetyDocs
{
    public const string Text =
        "H10: the doc comment of a public class, struct or interface has a '<b>Thread safety.</b>' sentence in its remarks. " +
        "In a library about concurrency it is the first question. Enums, delegates, attributes and exceptions need none.";

    public static IEnumerable<Violation> Check(IAssemblySymbol assembly)
    {
        foreach (INamedTypeSymbol type in Compilations.PublicTypes(assembly))
        {
            string comment = type.GetDocumentationCommentXml() ?? "";
            if (NeedsIt(type) && !comment.Contains("Thread safety", StringComparison.OrdinalIgnoreCase))
            {
                yield return new Violation("", 0, $"{type.ToDisplayString()} does not say what several threads may do with it at once.");
            }
        }
    }

    private static bool NeedsIt(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? super = type; super is not null; super = super.BaseType)
        {
            if (super.ToDisplayString() is "System.Exception" or "System.Attribute")
            {
                return false;
            }
        }

        return type.TypeKind is TypeKind.Class or TypeKind.Struct or TypeKind.Interface;
    }
}
