using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Telar.Analyzers;

/// <summary>The types of a compilation that the rules are about.</summary>
internal sealed class TelarTypes
{
    private readonly INamedTypeSymbol _acquirable;
    private readonly INamedTypeSymbol _scope;
    private readonly INamedTypeSymbol? _asyncAcquirable;

    private TelarTypes(INamedTypeSymbol acquirable, INamedTypeSymbol scope, INamedTypeSymbol? asyncAcquirable)
    {
        _acquirable = acquirable;
        _scope = scope;
        _asyncAcquirable = asyncAcquirable;
    }

    /// <summary>Finds them.</summary>
    /// <returns><see langword="null"/> in a compilation that does not refer to Telar.</returns>
    public static TelarTypes? In(Compilation compilation) =>
        compilation.GetTypeByMetadataName("Telar.Threading.IAcquirable") is { } acquirable
        && compilation.GetTypeByMetadataName("Telar.Threading.LockScope") is { } scope
            ? new TelarTypes(acquirable, scope, compilation.GetTypeByMetadataName("Telar.Threading.IAsyncAcquirable"))
            : null;

    /// <summary>Whether it is a lock, or something else that is acquired; also a type parameter that can only be one.</summary>
    public bool IsAcquirable(ITypeSymbol? type) => Is(type, _acquirable);

    /// <summary>Whether it can be waited for without a thread.</summary>
    public bool IsAsyncAcquirable(ITypeSymbol? type) => _asyncAcquirable is not null && Is(type, _asyncAcquirable);

    /// <summary>Whether it is the scope, or a task of one.</summary>
    public bool IsScope(ITypeSymbol? type) =>
        SymbolEqualityComparer.Default.Equals(type, _scope)
        || (type is INamedTypeSymbol { Name: "ValueTask" or "Task", TypeArguments.Length: 1 } task
            && SymbolEqualityComparer.Default.Equals(task.TypeArguments[0], _scope));

    /// <summary>Whether a type is declared in Telar.</summary>
    public bool IsOurs(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type.OriginalDefinition.ContainingAssembly, _acquirable.ContainingAssembly);

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
