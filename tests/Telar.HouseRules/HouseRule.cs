using Xunit;

namespace Telar.HouseRules;

/// <summary>How a rule meets the tree, and how its own tests meet a snippet.</summary>
internal static class HouseRule
{
    /// <summary>Generous: a rule reads a few hundred files, but the machine may be busy.</summary>
    public const int Timeout = 120_000;

    /// <summary>Fails with one line a violation, below the sentence that says what the rule is for.</summary>
    public static void AssertObeyed(string rule, IEnumerable<Violation> violations)
    {
        string[] lines = [.. violations.Select(v => v.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (lines.Length > 0)
        {
            Assert.Fail($"{rule}\n{lines.Length} place(s) break it:\n  {string.Join("\n  ", lines)}");
        }
    }

    /// <summary>The rule is red on a snippet: exactly one violation, whose message contains <paramref name="expected"/>.</summary>
    public static void AssertRed(string expected, IEnumerable<Violation> violations)
    {
        Violation violation = Assert.Single(violations.Distinct());
        Assert.Contains(expected, violation.ToString(), StringComparison.Ordinal);
    }
}
