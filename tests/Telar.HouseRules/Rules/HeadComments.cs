using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules.Rules;

/// <summary>H2: a class that other threads enter says at its head what holds there.</summary>
internal static partial class HeadComments
{
    public const string Text =
        "H2: a class with a lock opens with a '// Locks' part (what each guards, what never runs under it), one with Interlocked or " +
        "Volatile with a '// Invariants' part (what always holds, which write pairs with which read). Nobody can review it without.";

    private static readonly HashSet<string> s_counting =
        new(["Increment", "Decrement", "Add", "Read"], StringComparer.Ordinal);

    /// <summary>The parts of a partial class count as one class, nested types belong to the outermost.</summary>
    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files)
    {
        var classes = files
            .SelectMany(file => file.TopLevelTypes.OfType<TypeDeclarationSyntax>().Select(type => (File: file, Type: type)))
            .GroupBy(part => (Space(part.Type), part.Type.Identifier.ValueText, part.Type.Arity));

        foreach (var parts in classes)
        {
            HashSet<string> headings = [.. parts.SelectMany(part => Headings(part.Type))];
            if (!headings.Contains("Locks") && First(parts, UsesOfLocks) is var (lockedFile, use))
            {
                yield return lockedFile.At(use, $"{parts.Key.ValueText} takes a lock, but has no '// Locks' part at its head.");
            }

            if (!headings.Contains("Invariants") && First(parts, UsesOfAtomics) is var (atomicFile, atomic))
            {
                yield return atomicFile.At(
                    atomic, $"{parts.Key.ValueText} shares state without a lock ({atomic}), but has no '// Invariants' part at its head.");
            }
        }
    }

    private static (SourceFile File, SyntaxNode Use)? First(
        IEnumerable<(SourceFile File, TypeDeclarationSyntax Type)> parts, Func<TypeDeclarationSyntax, IEnumerable<SyntaxNode>> uses)
    {
        foreach ((SourceFile file, TypeDeclarationSyntax type) in parts)
        {
            if (uses(type).FirstOrDefault() is { } use)
            {
                return (file, use);
            }
        }

        return null;
    }

    private static IEnumerable<SyntaxNode> UsesOfLocks(TypeDeclarationSyntax type) =>
        type.DescendantNodes().Where(node => node is LockStatementSyntax
            || (node is MemberAccessExpressionSyntax access
                && (access.Name.Identifier.ValueText == "EnterScope" || LastName(access.Expression) == "Monitor")));

    // Three habits need no proof, and asking for one would make the rule noise: counting, a single Exchange that lets one caller
    // through, and a single volatile flag.
    private static IEnumerable<SyntaxNode> UsesOfAtomics(TypeDeclarationSyntax type)
    {
        SyntaxNode[] atomics =
        [
            .. type.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
                .Where(access => access.Parent is InvocationExpressionSyntax && LastName(access.Expression) is "Interlocked" or "Volatile"),
            .. type.DescendantNodes().OfType<FieldDeclarationSyntax>()
                .Where(field => field.Modifiers.Any(SyntaxKind.VolatileKeyword)),
        ];
        return atomics.All(IsCounting) || (atomics.Length == 1 && IsOnce(atomics[0])) ? [] : atomics;
    }

    private static bool IsCounting(SyntaxNode atomic) =>
        atomic is MemberAccessExpressionSyntax access && s_counting.Contains(access.Name.Identifier.ValueText);

    private static bool IsOnce(SyntaxNode atomic) => atomic switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText == "Exchange",
        FieldDeclarationSyntax { Declaration: { Variables.Count: 1, Type: PredefinedTypeSyntax type } } =>
            type.Keyword.IsKind(SyntaxKind.BoolKeyword),
        _ => false,
    };

    private static string? LastName(ExpressionSyntax expression) => expression switch
    {
        SimpleNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
        _ => null,
    };

    // The head is what stands above the type, or above its first member: both are read before the code.
    private static IEnumerable<string> Headings(TypeDeclarationSyntax type)
    {
        IEnumerable<SyntaxToken> heads = [type.GetFirstToken(), type.Identifier.GetPreviousToken(), .. type.Modifiers, type.Keyword];
        if (type.Members.Count > 0)
        {
            heads = heads.Append(type.Members[0].GetFirstToken());
        }

        if (type.Parent is BaseNamespaceDeclarationSyntax space)
        {
            heads = [.. heads, space.GetFirstToken(), type.SyntaxTree.GetRoot().GetFirstToken()];
        }

        string[] lines =
        [
            .. heads.Distinct().SelectMany(token => token.LeadingTrivia)
                .Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia))
                .Select(trivia => trivia.ToString().TrimStart('/').Trim()),
        ];
        for (int i = 0; i < lines.Length; i++)
        {
            Match match = Heading().Match(lines[i]);
            bool says = match.Success && (match.Groups[2].Length > 0 || (i + 1 < lines.Length && !Heading().IsMatch(lines[i + 1])));
            if (says)
            {
                yield return match.Groups[1].Value;
            }
        }
    }

    private static string Space(TypeDeclarationSyntax type) =>
        type.Parent is BaseNamespaceDeclarationSyntax space ? space.Name.ToString() : "";

    [GeneratedRegex(@"^(State machine|Invariants|Locks|Ownership)\b[\s:.]*(.*)$")]
    private static partial Regex Heading();
}
