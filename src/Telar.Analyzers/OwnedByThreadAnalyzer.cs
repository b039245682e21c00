using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Telar.Analyzers;

/// <summary>TELAR004: <c>await</c> while a lock is held that belongs to its thread.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OwnedByThreadAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.AwaitWhileThreadOwns];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (TelarTypes.In(start.Compilation) is { } types)
            {
                start.RegisterOperationAction(
                    operation => Check(operation, new OwnedLocks(types)),
                    OperationKind.Await,
                    OperationKind.Loop,
                    OperationKind.Using,
                    OperationKind.UsingDeclaration);
            }
        });
    }

    private static void Check(OperationAnalysisContext context, OwnedLocks locks)
    {
        if (PlaceOfAwait(context.Operation) is { } place && HeldAround(context.Operation, locks) is { } held)
        {
            (string what, string instead) = locks.IsCondition(held) ? ("lock of", "new Condition(new Lock())") : ("RLock", "a Lock");
            context.ReportDiagnostic(Diagnostic.Create(Rules.AwaitWhileThreadOwns, place, what, held.Syntax.ToString(), instead));
        }
    }

    // 'await foreach' and 'await using' await as well.
    private static Location? PlaceOfAwait(IOperation operation) => operation switch
    {
        IAwaitOperation => operation.Syntax.GetLocation(),
        IForEachLoopOperation { IsAsynchronous: true } => (operation.Syntax as CommonForEachStatementSyntax)?.AwaitKeyword.GetLocation(),
        IUsingOperation { IsAsynchronous: true } => (operation.Syntax as UsingStatementSyntax)?.AwaitKeyword.GetLocation(),
        IUsingDeclarationOperation { IsAsynchronous: true } => (operation.Syntax as LocalDeclarationStatementSyntax)?.AwaitKeyword.GetLocation(),
        _ => null,
    };

    // A lambda or local function runs where it is called: the walk ends at its border.
    private static IOperation? HeldAround(IOperation operation, OwnedLocks locks)
    {
        for (IOperation inner = operation; inner.Parent is { } outer and not (IAnonymousFunctionOperation or ILocalFunctionOperation); inner = outer)
        {
            IOperation? held = outer switch
            {
                IUsingOperation statement when statement.Body == inner => locks.EnteredBy(statement.Resources),
                IBlockOperation block => block.Operations.TakeWhile(each => each != inner)
                    .Select(each => each is IUsingDeclarationOperation declaration ? locks.EnteredBy(declaration.DeclarationGroup) : null)
                    .FirstOrDefault(each => each is not null),
                ITryOperation attempt when attempt.Body == inner => locks.AcquiredFor(attempt),
                _ => null,
            };
            if (held is not null)
            {
                return held;
            }
        }

        return null;
    }
}
