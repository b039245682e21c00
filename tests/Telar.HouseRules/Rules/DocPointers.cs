using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Telar.HouseRules.Rules;

/// <summary>H8: a pointer into the documentation leads somewhere.</summary>
internal static partial class DocPointers
{
    public const string Text =
        "H8: every 'docs/page.md#heading' in a comment or page, and every relative link of a page, leads to a file and a heading that are " +
        "there. A reason is written once and pointed at, so the pointer must hold.";

    public static IEnumerable<Violation> Check(IReadOnlyCollection<SourceFile> files)
    {
        Dictionary<string, Lazy<HashSet<string>>> anchors = files.ToDictionary(
            file => file.Path, file => new Lazy<HashSet<string>>(() => [.. Anchors(file)]), StringComparer.Ordinal);

        foreach (SourceFile file in files)
        {
            foreach ((int line, string path, string heading) in Pointers(file))
            {
                if (path.Contains("NNNN", StringComparison.Ordinal))
                {
                    continue;
                }

                string target = Resolve(file.Path, path);
                if (!anchors.TryGetValue(target, out Lazy<HashSet<string>>? headings))
                {
                    // A link may also lead to a folder, or to a picture, which is no text file.
                    if (!anchors.Keys.Any(file => file.StartsWith(target + "/", StringComparison.Ordinal))
                        && !File.Exists(Path.Combine(Repository.Root, target)))
                    {
                        yield return new Violation(file.Path, line, $"points at '{target}', which is not there.");
                    }
                }
                else if (heading.Length > 0 && !headings.Value.Contains(heading))
                {
                    string known = string.Join(", ", headings.Value.Order(StringComparer.Ordinal));
                    yield return new Violation(file.Path, line, $"points at '#{heading}' in '{target}', which has: {known}.");
                }
            }
        }
    }

    private static IEnumerable<(int Line, string Path, string Heading)> Pointers(SourceFile file)
    {
        // In code only comments point; a string may be anything.
        IEnumerable<(int Number, string Text)> lines = file.IsCSharp
            ? file.Root.DescendantTrivia().Where(IsComment).SelectMany(comment => LinesOf(file, comment))
            : file.Lines;
        bool isPage = file.Path.EndsWith(".md", StringComparison.Ordinal);

        foreach ((int number, string text) in lines)
        {
            foreach (Match match in Page().Matches(text))
            {
                yield return (number, "/" + match.Groups["path"].Value, match.Groups["heading"].Value);
            }

            foreach (Match match in Link().Matches(isPage ? text : ""))
            {
                yield return (number, match.Groups["path"].Value, match.Groups["heading"].Value);
            }
        }
    }

    private static IEnumerable<(int Number, string Text)> LinesOf(SourceFile file, SyntaxTrivia comment)
    {
        int first = file.Tree.GetLineSpan(comment.FullSpan).StartLinePosition.Line + 1;
        return comment.ToFullString().Split('\n').Select((text, index) => (first + index, text));
    }

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    private static string Resolve(string from, string path)
    {
        if (path.Length == 0)
        {
            return from;
        }

        List<string> parts = path[0] == '/' ? [] : [.. from.Split('/')[..^1]];
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    // The anchors that code hosts make of headings: lower case, punctuation dropped, blanks to hyphens, a number for a second one.
    private static IEnumerable<string> Anchors(SourceFile page)
    {
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        bool inCode = false;
        foreach ((_, string line) in page.Lines)
        {
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                inCode = !inCode;
            }
            else if (!inCode && Heading().Match(line) is { Success: true } heading)
            {
                string text = heading.Groups[1].Value.Trim();
                string kept = new([.. text.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')]);
                string anchor = kept.Replace(' ', '-');
                int count = seen[anchor] = seen.GetValueOrDefault(anchor) + 1;
                yield return count == 1 ? anchor : $"{anchor}-{count - 1}";
            }
        }
    }

    [GeneratedRegex(@"(?<![\w./-]|\]\()(?<path>docs/[\w./-]+\.(md|tsv|txt))(#(?<heading>[\w-]+))?")]
    private static partial Regex Page();

    [GeneratedRegex(@"\]\((?![a-z]+:)(?<path>[^)#\s]*)(#(?<heading>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6}\s+(.+?)\s*#*$")]
    private static partial Regex Heading();
}
