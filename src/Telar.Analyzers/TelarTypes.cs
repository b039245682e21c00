using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Telar.Analyzers;

/// <summary>The types of a compilation that the rules are about.</summary>
internal sealed class TelarTypes
{
    private readonly INamedTypeSymbol _acquirable;
    private readonly INamedTypeSymbol _scope;

    private TelarTypes(INamedTypeSymbol acquirable, INamedTypeSymbol scope)
    {
        _acquirable = acquirable;
        _scope = scope;
    }

    /// <summary>Finds them.</summary>
    /// <returns><see langword="null"/> in a compilation that does not refer to Telar.</returns>
    public static TelarTypes? In(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Telar.Threading.IAcquirable") is { } acquirable
        && compilation.GetTypeByMetadataName("Telar.Threading.LockScope") is { } scope
            ? new TelarTypes(acquirable, scope)
            : null;

    /// <summary>Whether it is a lock, or something else that is acquired; also a type parameter that can only be one.</summary>
    public bool IsAcquirable(ITypeSymbol? type) => Is(type, _acquirable);

    /// <summary>Whether it is the scope, or a task of one.</summary>
    public bool IsScope(ITypeSymbol? type) =>
        SymbolEqualityComparer.Default.Equals(type, _scope)
        || (type is INamedTypeSymbol { Name: "ValueTask" or "Task", TypeArguments.Length: 1 } task
            && SymbolEqualityComparer.Default.Equals(task.TypeArguments[0], _scope));

    /// <summary>Whether a type is declared in Telar.</summary>
    public bool IsOurs(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type.OriginalDefinition.ContainingAssembly, _acquirable.ContainingAssembly);

    /// <summary>Whether it is the type of this name in a namespace of Telar, as in <c>Is(type, "Threading", "RLock")</c>.</summary>
    public bool Is(ITypeSymbol? type, string ns, string name) =>
        type is not null && type.Name == name && type.ContainingNamespace?.Name == ns && IsOurs(type);

    /// <summary>What stands there, without the conversions that the compiler added.</summary>
    public static IOperation WithoutConversions(IOperation operation)
    {
        while (operation is IConversionOperation { IsImplicit: true } conversion)
        {
            operation = conversion.Operand;
        }

        return operation;
    }

    private static bool Is(ITypeSymbol? type, INamedTypeSymbol contract) => type switch
    {
        null => false,
        ITypeParameterSymbol parameter => parameter.ConstraintTypes.Any(constraint => Is(constraint, contract)),
        _ => SymbolEqualityComparer.Default.Equals(type, contract)
            || type.AllInterfaces.Any(each => SymbolEqualityComparer.Default.Equals(each, contract)),
    };
}
