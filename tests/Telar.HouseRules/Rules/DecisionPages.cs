using System.Text.RegularExpressions;

namespace Telar.HouseRules.Rules;

/// <summary>House rule 20: a decision is found by its number and read in a minute.</summary>
internal static partial class DecisionPages
{
    public const string Text =
        "Rule 20: docs/decisions has one page a decision, NNNN-title.md, numbered without gaps, of at most 40 lines.";

    private const string Folder = "docs/decisions";
    private const int MaxLines = 40;

    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files)
    {
        int expected = 1;
        foreach (SourceFile page in files.Where(file => file.IsIn(Folder)).OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            int lines = page.Text.AsSpan().TrimEnd().Count('\n') + 1;
            if (lines > MaxLines)
            {
                yield return new Violation(
                    page.Path, 0, $"{lines} lines. What is longer than {MaxLines} belongs in docs/design, with a link.");
            }

            if (page.FileName == "README.md")
            {
                continue;
            }

            if (!Name().IsMatch(page.FileName))
            {
                yield return new Violation(page.Path, 0, "a decision is named NNNN-title.md, in lower case.");
            }
            else if (int.Parse(page.FileName.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture) != expected++)
            {
                yield return new Violation(page.Path, 0, $"the next number is {expected - 1:D4}.");
            }
        }
    }

    [GeneratedRegex(@"^\d{4}-[a-z0-9-]+\.md$")]
    private static partial Regex Name();
}
