using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class DecisionPagesTests
{
    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(DecisionPages.Text, DecisionPages.Check(Repository.Files));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("0001-startup-hook.md", 41, "41 lines")]
    [InlineData("0002-startup-hook.md", 40, "the next number is 0001")]
    [InlineData("startup-hook.md", 40, "is named NNNN-title.md")]
    public void A_page_that_is_not_found_or_not_read_is_red(string name, int lines, string expected) =>
        HouseRule.AssertRed(expected, Check(name, lines));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("0001-startup-hook.md", 40)]
    [InlineData("README.md", 12)]
    public void A_short_numbered_page_is_green(string name, int lines) => Assert.Empty(Check(name, lines));

    private static Violation[] Check(string name, int lines) =>
        [.. DecisionPages.Check([new SourceFile("docs/decisions/" + name, string.Concat(Enumerable.Repeat("line\n", lines)))])];
}
