using System.Collections.Immutable;
using System.Composition;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.Analyzers.CodeFixes;

/// <summary>TELAR005: <c>context.Run(async () => ...)</c> becomes <c>context.RunAsync(async () => ...)</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RunAsyncInsteadOfRun))]
[Shared]
public sealed class RunAsyncInsteadOfRun : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => [Rules.AsyncFunctionInRun.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken);
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            // With written type arguments it is for a person: RunAsync<T> takes the type of the result, Run<T> that of the task.
            if (root?.FindNode(diagnostic.Location.SourceSpan) is IdentifierNameSyntax name)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        "RunAsync",
                        _ => Task.FromResult(context.Document.WithSyntaxRoot(
                            root.ReplaceNode(name, name.WithIdentifier(SyntaxFactory.Identifier("RunAsync").WithTriviaFrom(name.Identifier))))),
                        nameof(RunAsyncInsteadOfRun)),
                    diagnostic);
            }
        }
    }
}
