using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules.Rules;

/// <summary>House rules 17 and 18: what is put off or silenced says why.</summary>
internal static partial class SilencedWarnings
{
    public const string Text =
        "Rules 17 and 18: a silenced analyzer gives its reason on the same line, and is switched on again; a TODO names its issue.";

    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files) => files.SelectMany(Check);

    private static IEnumerable<Violation> Check(SourceFile file)
    {
        HashSet<string> disabled = new(StringComparer.Ordinal);
        foreach (PragmaWarningDirectiveTriviaSyntax pragma in
            file.Root.DescendantNodes(descendIntoTrivia: true).OfType<PragmaWarningDirectiveTriviaSyntax>())
        {
            string codes = string.Join(", ", pragma.ErrorCodes);
            if (pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.RestoreKeyword))
            {
                disabled.ExceptWith(pragma.ErrorCodes.Select(code => code.ToString()));
                continue;
            }

            disabled.UnionWith(pragma.ErrorCodes.Select(code => code.ToString()));
            if (pragma.ErrorCodes.Count == 0)
            {
                yield return file.At(pragma, "silences every warning. Name the one that is wrong here.");
            }
            else if (!pragma.ToFullString().Contains("//", StringComparison.Ordinal))
            {
                yield return file.At(pragma, $"{codes} is silenced without a reason. Add '// why' on this line.");
            }
        }

        // A test file may switch one off for all of its tests; in what ships, the next line added below would be silenced as well.
        foreach (string code in file.IsIn("tests") ? [] : disabled)
        {
            yield return new Violation(
                file.Path, 0, $"{code} stays silenced to the end of the file. Restore it below the line it is meant for.");
        }

        foreach (AttributeSyntax attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>())
        {
            bool silences = attribute.Name.ToString() is "SuppressMessage" or "UnconditionalSuppressMessage";
            if (silences && !attribute.ToString().Contains("Justification", StringComparison.Ordinal))
            {
                yield return file.At(attribute, "is silenced without a reason. Add 'Justification = \"...\"'.");
            }
        }

        foreach (SyntaxTrivia comment in file.Root.DescendantTrivia())
        {
            bool isComment = comment.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
                or SyntaxKind.SingleLineDocumentationCommentTrivia;
            if (isComment && PutOff().Match(comment.ToFullString()) is { Success: true } match)
            {
                yield return file.At(comment.Span, $"'{match.Value}' without an issue: do it now, or write '{match.Value}(#123)'.");
            }
        }
    }

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b(?!\(#\d+\))")]
    private static partial Regex PutOff();
}
