using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Telar.Analyzers;

/// <summary>TELAR001: <c>lock (telarLock)</c> compiles and takes something else.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MonitorAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.MonitorOnTelarLock];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TelarTypes.In(start.Compilation) is { } types)
            {
                start.RegisterOperationAction(operation => CheckLock(operation, types), OperationKind.Lock);
                start.RegisterOperationAction(operation => CheckMonitor(operation, types), OperationKind.Invocation);
            }
        });
    }

    private static void CheckLock(OperationAnalysisContext context, TelarTypes types)
    {
        IOperation locked = TelarTypes.WithoutConversions(((ILockOperation)context.Operation).LockedValue);
        if (types.IsAcquirable(locked.Type) && context.Operation.Syntax is LockStatementSyntax statement)
        {
            string name = statement.Expression.ToString();
            Report(context, statement.Expression.GetLocation(), $"lock ({name})", locked.Type!, $"using ({name}.Enter())"); // It is a lock, so it has a type.
        }
    }

    private static void CheckMonitor(OperationAnalysisContext context, TelarTypes types)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.ContainingType is not { Name: "Monitor", ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } })
        {
            return;
        }

        if (call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value is { } value
            && TelarTypes.WithoutConversions(value) is var taken
            && types.IsAcquirable(taken.Type))
        {
            string name = taken.Syntax.ToString();
            string instead = call.TargetMethod.Name switch
            {
                "Exit" => $"{name}.Release()",
                "TryEnter" => $"{name}.TryAcquire()",
                "Enter" => $"using ({name}.Enter())",
                "IsEntered" => $"{name}.IsLocked",
                _ => $"new Condition({name})",
            };
            Report(context, call.Syntax.GetLocation(), $"Monitor.{call.TargetMethod.Name}({name})", taken.Type!, instead); // As above.
        }
    }

    private static void Report(OperationAnalysisContext context, Location place, string what, ITypeSymbol type, string instead) =>
        context.ReportDiagnostic(Diagnostic.Create(Rules.MonitorOnTelarLock, place, what, type.Name, instead));
}
