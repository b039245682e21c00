using Xunit;

namespace Telar.HouseRules;

/// <summary>docs/cpython-tests.md shows what tests/Telar.CPython leaves out, and nothing else.</summary>
public class CPythonTestsPageTests
{
    private const string Page = "docs/cpython-tests.md";
    private const string Exclusions = "tests/Telar.CPython/exclusions.tsv";

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_table_is_the_list_of_exclusions()
    {
        string[] expected =
        [
            .. Lines(Exclusions).Where(line => line.Length > 0 && line[0] != '#').Skip(1)
                .Select(line => line.Split('\t')).Select(columns => $"| `{columns[0]}` | {columns[1]} |"),
        ];
        string[] shown = [.. Lines(Page).Where(line => line.StartsWith("| `test_", StringComparison.Ordinal))];

        Assert.NotEmpty(expected);
        Assert.Equal(expected, shown);
    }

    [Fact(Timeout = HouseRule.Timeout)]
    public void Each_exclusion_has_a_reason() =>
        Assert.All(
            Lines(Exclusions).Where(line => line.StartsWith("test_", StringComparison.Ordinal)),
            line => Assert.Matches(@"^test_\w+\.[^\t]+\t\S.{9,}$", line));

    private static string[] Lines(string path) => Repository.Files.Single(file => file.Path == path).Text.Split('\n');
}
