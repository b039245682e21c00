using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules.Rules;

/// <summary>What a page shows can be pasted and compiles.</summary>
/// <remarks>
/// A fence is a whole file when it has a <c>using</c> line or a namespace, and otherwise a list of statements, which gets the usual
/// namespaces. What statements take for granted stands before them, unseen by the reader:
/// <c>&lt;!-- given: byte[] Read(string path) =&gt; []; --&gt;</c>. A fence that cannot compile says so, with a reason:
/// <c>```csharp ignore: needs a broker</c>.
/// </remarks>
internal static partial class CompiledDocs
{
    public const string Text =
        "Rule 16: every C# sample of README.md, docs/tutorial.md, docs/guarantees.md, docs/reference/ and docs/how-to/ compiles against Telar.dll without a warning. " +
        "A sample that does not is the first thing a stranger tries.";

    /// <summary>The pages whose samples are compiled, besides those of the reference and the how-to guides.</summary>
    public static readonly ImmutableArray<string> Pages = ["README.md", "docs/tutorial.md", "docs/guarantees.md"];

    private const string Usings = "using Telar.Concurrent.Futures;\nusing Telar.Multiprocessing;\nusing Telar.Queues;\nusing Telar.Serialization;\nusing Telar.Subprocesses;\n";

    // Not of interest in ten lines: an unused using (hidden), an async method without await, a field or variable that only shows its type.
    private static readonly HashSet<string> s_tolerated = new(["CS1998", "CS0219", "CS0169", "CS0414"], StringComparer.Ordinal);

    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files)
    {
        Dictionary<string, SourceFile> pages = files.Where(file => Pages.Contains(file.Path) || IsInAFolderOfSamples(file))
            .ToDictionary(file => file.Path, StringComparer.Ordinal);
        foreach (string missing in Pages.Where(page => !pages.ContainsKey(page)))
        {
            yield return new Violation(missing, 0, "is not there.");
        }

        foreach (SourceFile page in pages.Values)
        {
            foreach (Violation violation in CheckPage(page))
            {
                yield return violation;
            }
        }
    }

    private static bool IsInAFolderOfSamples(SourceFile file) =>
        (file.IsIn("docs/reference") || file.IsIn("docs/how-to")) && file.Path.EndsWith(".md", StringComparison.Ordinal);

    /// <summary>The samples of one page.</summary>
    public static IEnumerable<Violation> CheckPage(SourceFile page)
    {
        foreach (Fence fence in Fences(page))
        {
            if (Ignored().Match(fence.Info) is { Success: true } ignored)
            {
                if (ignored.Groups["reason"].Length == 0)
                {
                    yield return new Violation(page.Path, fence.Line - 1, "is not compiled, but says no reason: ```csharp ignore: reason");
                }

                continue;
            }

            foreach (Diagnostic problem in Compile(page.Path, fence))
            {
                FileLinePositionSpan place = problem.Location.GetMappedLineSpan();
                yield return new Violation(page.Path, place.IsValid ? place.StartLinePosition.Line + 1 : fence.Line, $"{problem.Id}: {problem.GetMessage()}");
            }
        }
    }

    private static IEnumerable<Diagnostic> Compile(string page, Fence fence)
    {
        // Diagnostics then name the line of the page.
        string code = $"#line {fence.Line} \"{page}\"\n{fence.Code}";
        SourceFile file = new("Sample.cs", IsWholeFile(fence.Code) ? code : $"{Usings}{fence.Given}\n{code}");
        return Compilations.Sample(file).GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !s_tolerated.Contains(diagnostic.Id));
    }

    private static bool IsWholeFile(string code)
    {
        CompilationUnitSyntax root = SyntaxFactory.ParseCompilationUnit(code);
        return root.Usings.Count > 0 || root.Members.Any(member => member is BaseNamespaceDeclarationSyntax);
    }

    private static IEnumerable<Fence> Fences(SourceFile page)
    {
        string given = "";
        int start = 0;
        string info = "";
        List<string> code = [];
        foreach ((int number, string line) in page.Lines)
        {
            string trimmed = line.Trim();
            if (start == 0 && Given().Match(trimmed) is { Success: true } assumed)
            {
                given += assumed.Groups["code"].Value + "\n";
            }
            else if (start == 0 && trimmed.StartsWith("```", StringComparison.Ordinal))
            {
                (start, info) = (number, trimmed[3..].Trim());
                code.Clear();
            }
            else if (start > 0 && trimmed == "```")
            {
                if (info is "csharp" or "cs" or "c#" || info.StartsWith("csharp ", StringComparison.Ordinal))
                {
                    yield return new Fence(start + 1, info, string.Join('\n', code), given);
                }

                (start, given) = (0, "");
            }
            else if (start > 0)
            {
                code.Add(line);
            }
        }
    }

    [GeneratedRegex(@"^<!-- given: (?<code>.+) -->$")]
    private static partial Regex Given();

    [GeneratedRegex(@"^csharp ignore(:\s*(?<reason>.*\S))?$")]
    private static partial Regex Ignored();

    /// <param name="Line">The first line of the code.</param>
    /// <param name="Info">What follows the three back-quotes.</param>
    /// <param name="Code">The code.</param>
    /// <param name="Given">Statements that the code takes for granted.</param>
    private readonly record struct Fence(int Line, string Info, string Code, string Given);
}
