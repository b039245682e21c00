using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules.Rules;

/// <summary>H3: a type is found by its name.</summary>
internal static class OneTypeAFile
{
    public const string Text =
        "H3: one top-level type a file, the file named after it (Command.cs, its parts Command.Execution.cs). " +
        "Types that differ only in their number of type parameters share one. A test file may also hold the types that its tests need.";

    public static IEnumerable<Violation> Check(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files)
        {
            MemberDeclarationSyntax[] types = [.. file.TopLevelTypes.Where(type => !type.Modifiers.Any(SyntaxKind.FileKeyword))];
            bool isProgram = file.Root.Members.OfType<GlobalStatementSyntax>().Any();
            if (types.Length == 0 || isProgram)
            {
                if (isProgram && types.Length > 0)
                {
                    yield return file.At(types[0], $"'{SourceFile.NameOf(types[0])}' stands below top-level statements: give it a file.");
                }

                continue;
            }

            string expected = file.FileName[..file.FileName.IndexOf('.')];
            string[] names = [.. types.Select(SourceFile.NameOf).Distinct(StringComparer.Ordinal)];
            if (!names.Contains(expected))
            {
                yield return file.At(
                    types[0], $"no type in this file is called '{expected}': rename the file to {names[0]}.cs, or the type.");
            }
            else if (names.Length > 1 && !file.IsIn("tests"))
            {
                MemberDeclarationSyntax second = types.First(type => SourceFile.NameOf(type) != expected);
                yield return file.At(
                    second, $"'{SourceFile.NameOf(second)}' needs a file of its own, or nests in the only type that uses it.");
            }
        }
    }
}
