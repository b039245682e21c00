using Microsoft.CodeAnalysis;

namespace Telar.HouseRules.Rules;

/// <summary>H5: a public class is sealed unless it was made for inheriting.</summary>
internal static class SealedTypes
{
    public const string Text =
        "H5: public classes are sealed unless made for inheriting: abstract, the base of another public class, without a constructor for " +
        "others, or on this rule's list with a reason. Unsealing later breaks nobody; sealing later does.";

    // Made for users to inherit from though nothing in the library does: name it here and say why.
    private static readonly HashSet<string> s_madeForInheriting = new(StringComparer.Ordinal)
    {
        "Telar.Threading.Timer", // a periodic timer in Python is a subclass with a run of its own
        "Telar.Threading.LocalObject", // its subclass has members that all threads share, as threading.local's
        // Python's hooks _put and _get are overridden on these, not only on their base: keep the order, and add to it.
        "Telar.Queues.Queue<T>",
        "Telar.Queues.LifoQueue<T>",
        "Telar.Queues.PriorityQueue<T>",
    };

    public static IEnumerable<Violation> Check(IAssemblySymbol assembly)
    {
        INamedTypeSymbol[] types = [.. Compilations.PublicTypes(assembly)];
        HashSet<INamedTypeSymbol> bases = new(
            types.Select(type => type.BaseType?.OriginalDefinition).OfType<INamedTypeSymbol>(), SymbolEqualityComparer.Default);

        foreach (INamedTypeSymbol type in types)
        {
            bool inheritable = type is { TypeKind: TypeKind.Class, IsSealed: false, IsStatic: false, IsAbstract: false }
                && type.InstanceConstructors.Any(IsForOthers);
            if (inheritable && !bases.Contains(type) && !s_madeForInheriting.Contains(type.ToDisplayString()))
            {
                yield return new Violation("", 0, $"{type.ToDisplayString()} is an open public class: seal it.");
            }
        }
    }

    private static bool IsForOthers(IMethodSymbol constructor) => constructor.DeclaredAccessibility
        is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;
}
