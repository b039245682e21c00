using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Telar.Analyzers.CodeFixes;

namespace Telar.Analyzers.Tests;

/// <summary>Compiles snippets against Telar.dll, with the analyzers.</summary>
internal static class Compiler
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly Lazy<MetadataReference[]> s_references = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "Telar.dll" or "mscorlib.dll" or "netstandard.dll"
                || Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>What is reported on code that compiles: the id, and the text it is reported on, in the order of the text.</summary>
    public static async Task<string[]> ReportedAsync(string code, CancellationToken cancellationToken) =>
        [.. (await DiagnosticsAsync(code, cancellationToken)).Select(diagnostic => $"{diagnostic.Id} {TextOf(diagnostic)}")];

    public static async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(string code, CancellationToken cancellationToken)
    {
        using AdhocWorkspace workspace = new();
        return await DiagnosticsAsync(Document(workspace, code), cancellationToken);
    }

    /// <summary>The code after the fix for the first finding.</summary>
    /// <returns><see langword="null"/> when no fix is offered.</returns>
    public static async Task<string?> FixedAsync(string code, CancellationToken cancellationToken)
    {
        using AdhocWorkspace workspace = new();
        Document document = Document(workspace, code);
        Diagnostic finding = (await DiagnosticsAsync(document, cancellationToken))[0];
        List<CodeAction> offered = [];
        CodeFixProvider[] fixes = [new EnterInsteadOfLock(), new RunAsyncInsteadOfRun()];
        foreach (CodeFixProvider fix in fixes.Where(each => each.FixableDiagnosticIds.Contains(finding.Id)))
        {
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, finding, (action, _) => offered.Add(action), cancellationToken));
        }

        if (offered.Count == 0)
        {
            return null;
        }

        ApplyChangesOperation change = (await offered[0].GetOperationsAsync(cancellationToken)).OfType<ApplyChangesOperation>().Single();
        Document changed = change.ChangedSolution.GetDocument(document.Id)!;
        Assert.Empty(await DiagnosticsAsync(changed, cancellationToken));
        return (await changed.GetTextAsync(cancellationToken)).ToString();
    }

    private static Document Document(AdhocWorkspace workspace, string code)
    {
        Project project = workspace.AddProject("Snippet", LanguageNames.CSharp)
            .WithMetadataReferences(s_references.Value)
            .WithCompilationOptions(new CSharpCompilationOptions(
                code.Contains("class ", StringComparison.Ordinal) ? OutputKind.DynamicallyLinkedLibrary : OutputKind.ConsoleApplication));
        return project.AddDocument("Usings.cs", Usings).Project.AddDocument("Snippet.cs", SourceText.From(code));
    }

    private static async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(Document document, CancellationToken cancellationToken)
    {
        Compilation compilation = (await document.Project.GetCompilationAsync(cancellationToken))!;
        Assert.Empty(compilation.GetDiagnostics(cancellationToken).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        ImmutableArray<Diagnostic> found = await compilation
            .WithAnalyzers([new MonitorAnalyzer(), new ScopeAnalyzer(), new BlockingWaitAnalyzer(), new OwnedByThreadAnalyzer(), new AsyncRunAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(cancellationToken);
        Assert.DoesNotContain(found, diagnostic => diagnostic.Id == "AD0001");
        return [.. found.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    private static string TextOf(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan);
}
