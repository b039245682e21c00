using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Telar.Analyzers.CodeFixes;

/// <summary>TELAR001: <c>lock (x)</c> becomes <c>using (x.Enter())</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EnterInsteadOfLock))]
[Shared]
public sealed class EnterInsteadOfLock : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [Rules.MonitorOnTelarLock.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            // A call of Monitor.Enter has its Exit somewhere else: that is for a person to rewrite.
            if (root?.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<LockStatementSyntax>() is { } statement
                && statement.Expression.Span == diagnostic.Location.SourceSpan)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        $"using ({statement.Expression}.Enter())",
                        _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(statement, Fixed(statement)))),
                        nameof(EnterInsteadOfLock)),
                    diagnostic);
            }
        }
    }

    private static UsingStatementSyntax Fixed(LockStatementSyntax statement)
    {
        ExpressionSyntax locked = statement.Expression.WithoutTrivia();
        ExpressionSyntax receiver = locked is SimpleNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ThisExpressionSyntax or ElementAccessExpressionSyntax
            ? locked
            : SyntaxFactory.ParenthesizedExpression(locked);
        ExpressionSyntax enter = SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, receiver, SyntaxFactory.IdentifierName("Enter")));
        return SyntaxFactory.UsingStatement(declaration: null, enter.WithTriviaFrom(statement.Expression), statement.Statement)
            .WithUsingKeyword(SyntaxFactory.Token(SyntaxKind.UsingKeyword).WithTriviaFrom(statement.LockKeyword))
            .WithOpenParenToken(statement.OpenParenToken)
            .WithCloseParenToken(statement.CloseParenToken)
            .WithAdditionalAnnotations(Formatter.Annotation);
    }
}
