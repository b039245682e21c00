using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Telar.Analyzers;

/// <summary>TELAR002: <c>x.Enter();</c> takes and never releases.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScopeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.ScopeNeverDisposed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TelarTypes.In(start.Compilation) is { } types)
            {
                start.RegisterOperationAction(operation => CheckStatement(operation, types), OperationKind.ExpressionStatement);
                start.RegisterOperationAction(operation => CheckLocal(operation, types), OperationKind.VariableDeclarator);
            }
        });
    }

    private static void CheckStatement(OperationAnalysisContext context, TelarTypes types)
    {
        // The body of 'Assert.Throws(() => x.Enter())' is the business of who calls it.
        if (context.Operation.Syntax is not ExpressionStatementSyntax)
        {
            return;
        }

        IOperation dropped = ((IExpressionStatementOperation)context.Operation).Operation;
        if (dropped is ISimpleAssignmentOperation { Target: IDiscardOperation, Value: { } value })
        {
            dropped = value;
        }

        Check(context, types, dropped);
    }

    private static void CheckLocal(OperationAnalysisContext context, TelarTypes types)
    {
        IVariableDeclaratorOperation declarator = (IVariableDeclaratorOperation)context.Operation;
        if (declarator.GetVariableInitializer()?.Value is { } value
            && declarator.Syntax is VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax statement }
            && !statement.UsingKeyword.IsKind(SyntaxKind.UsingKeyword)
            && !IsNamedAgain(declarator.Symbol, declarator))
        {
            Check(context, types, value);
        }
    }

    private static void Check(OperationAnalysisContext context, TelarTypes types, IOperation value)
    {
        if (!types.IsScope(value.Type))
        {
            return;
        }

        IOperation awaited = value is IAwaitOperation wait ? wait.Operation : value;
        if (awaited is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } configured })
        {
            awaited = configured;
        }

        if (awaited is IInvocationOperation { Instance: { } held } call && types.IsAcquirable(held.Type))
        {
            bool isAsync = call.TargetMethod.Name == "EnterAsync";
            string name = held.Syntax.ToString();
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.ScopeNeverDisposed,
                value.Syntax.GetLocation(),
                $"{name}.{call.TargetMethod.Name}",
                held.Type!.Name, // IsAcquirable saw it.
                isAsync ? $"using (await {name}.EnterAsync())" : $"using ({name}.Enter())",
                isAsync ? "AcquireAsync" : "Acquire"));
        }
    }

    // Whoever names it passes it on or disposes it, or so we trust.
    private static bool IsNamedAgain(ILocalSymbol local, IOperation declarator)
    {
        IOperation body = declarator;
        while (body.Parent is { } parent)
        {
            body = parent;
        }

        return body.Descendants().OfType<ILocalReferenceOperation>().Any(reference => SymbolEqualityComparer.Default.Equals(reference.Local, local));
    }
}
