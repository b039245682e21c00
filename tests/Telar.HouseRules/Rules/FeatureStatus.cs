using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Telar.HouseRules.Rules;

/// <summary>docs/status.tsv says of each feature whether it is there, and which test shows it.</summary>
internal static class FeatureStatus
{
    public const string Text =
        "docs/status.tsv has one row (id, status, test) for each id of docs/features.txt; 'done' names the tests that show it, " +
        "as Class.Method, several separated by blanks. A status that no test backs is a promise, not a status.";

    private static readonly string[] s_statuses = ["done", "partial", "planned", "not-applicable"];

    public static IEnumerable<Violation> Check(SourceFile status, SourceFile features, IEnumerable<SourceFile> tests)
    {
        HashSet<string> ids = [.. features.Lines.Select(line => line.Text).Where(line => line.Length > 0 && line[0] != '#')];
        Lazy<HashSet<string>> known = new(() => TestNames(tests));
        HashSet<string> seen = new(StringComparer.Ordinal);

        (int Number, string Text)[] lines = [.. status.Lines.Where(line => line.Text.Length > 0)];
        if (lines is [] || lines[0].Text != "id\tstatus\ttest")
        {
            yield return new Violation(status.Path, 1, "the first line is 'id', 'status' and 'test', separated by tabs.");
        }

        foreach ((int number, string line) in lines.Skip(1))
        {
            string[] columns = line.Split('\t');
            if (columns.Length != 3)
            {
                yield return new Violation(
                    status.Path, number, $"{columns.Length} columns; id, status and test make 3 (a tab stands before an empty test).");
                continue;
            }

            foreach (string problem in CheckRow(columns[0], columns[1], columns[2]))
            {
                yield return new Violation(status.Path, number, problem);
            }
        }

        foreach (string missing in ids.Except(seen))
        {
            yield return new Violation(status.Path, 0, $"no row for '{missing}' of {features.Path}.");
        }

        IEnumerable<string> CheckRow(string id, string state, string test)
        {
            string[] names = test.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!ids.Contains(id))
            {
                yield return $"'{id}' is no id of {features.Path}.";
            }

            if (!seen.Add(id))
            {
                yield return $"a second row for '{id}'.";
            }

            if (!s_statuses.Contains(state))
            {
                yield return $"'{state}' is no status. Statuses are: {string.Join(", ", s_statuses)}.";
            }

            if (state == "done" && names.Length == 0)
            {
                yield return $"'{id}' is done, but no test says so.";
            }

            if (state is "planned" or "not-applicable" && names.Length > 0)
            {
                yield return $"'{id}' is {state}, so no test can show it. It is done or partial, or the test is another feature's.";
            }

            foreach (string name in names.Where(name => !known.Value.Contains(name)))
            {
                yield return $"'{id}' names the test '{name}', which is not there. Tests are named Class.Method.";
            }
        }
    }

    /// <summary>Class.Method of every test; a test that a class inherits counts for both.</summary>
    private static HashSet<string> TestNames(IEnumerable<SourceFile> tests)
    {
        SourceFile[] files = [.. tests];
        ILookup<string, string> methods = TestMethods.In(files)
            .ToLookup(test => test.Class.Identifier.ValueText, test => test.Method.Identifier.ValueText);
        ILookup<string, string> bases = files
            .SelectMany(file => file.Root.DescendantNodes().OfType<ClassDeclarationSyntax>())
            .Where(type => type.BaseList is not null)
            .SelectMany(type => type.BaseList!.Types.Select(super => (type.Identifier.ValueText, Super: NameOf(super.Type))))
            .ToLookup(pair => pair.ValueText, pair => pair.Super);

        HashSet<string> classes = [.. methods.Select(group => group.Key), .. bases.Select(group => group.Key)];
        return [.. classes.SelectMany(name => Inherited(name, []).Select(method => $"{name}.{method}"))];

        IEnumerable<string> Inherited(string name, HashSet<string> path) =>
            path.Add(name) ? methods[name].Concat(bases[name].SelectMany(super => Inherited(super, path))) : [];

        static string NameOf(TypeSyntax type) => type switch
        {
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
            _ => type.ToString(),
        };
    }
}
