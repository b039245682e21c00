using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Telar.Analyzers;

/// <summary>TELAR003: a wait blocks the thread of an async method, and could be awaited.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingWaitAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.BlockingWaitInAsync];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TelarTypes.In(start.Compilation) is { } types)
            {
                start.RegisterOperationAction(operation => Check(operation, types), OperationKind.Invocation);
            }
        });
    }

    private static void Check(OperationAnalysisContext context, TelarTypes types)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        IMethodSymbol method = call.TargetMethod;
        ITypeSymbol receiver = call.Instance?.Type ?? method.ContainingType;
        if (!types.IsOurs(method.ContainingType)
            || !Waits(method)
            || OnlyLooks(call)
            || !IsInAsync(call, context.ContainingSymbol)
            || !HasTwin(types, receiver, method.Name + "Async"))
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(Rules.BlockingWaitInAsync, call.Syntax.GetLocation(), method.Name, method.Name + "Async"));
    }

    // By the library's convention what blocks has a timeout, in this or a longer overload. So 'Context.Run' is none, though it has a twin.
    private static bool Waits(IMethodSymbol method) =>
        !method.Name.EndsWith("Async", System.StringComparison.Ordinal)
        && method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>()
            .Any(overload => overload.Parameters.Any(parameter => parameter.Name == "timeout"));

    private static bool OnlyLooks(IInvocationOperation call) => call.Arguments.Any(argument =>
        argument.Parameter?.Name == "timeout"
        && TelarTypes.WithoutConversions(argument.Value) is IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } });

    private static bool HasTwin(TelarTypes types, ITypeSymbol receiver, string name)
    {
        for (ITypeSymbol? type = receiver; type is not null; type = type.BaseType)
        {
            if (type.GetMembers(name).Any(member => member.DeclaredAccessibility == Accessibility.Public))
            {
                return true;
            }
        }

        return receiver.AllInterfaces.Any(contract => types.IsOurs(contract) && contract.GetMembers(name).Length > 0)
            || (receiver is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(constraint => HasTwin(types, constraint, name)));
    }

    // The innermost function decides: a lambda in an async method runs where it is called.
    private static bool IsInAsync(IOperation operation, ISymbol containing)
    {
        for (IOperation? outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            switch (outer)
            {
                case IAnonymousFunctionOperation lambda:
                    return lambda.Symbol.IsAsync;
                case ILocalFunctionOperation local:
                    return local.Symbol.IsAsync;
                case ILockOperation:
                    return false; // Nothing can be awaited in there.
            }
        }

        return containing is IMethodSymbol { IsAsync: true };
    }
}
