using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class TestMethodsTests
{
    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(TestMethods.Text, TestMethods.Check(Repository.Sources("tests")));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("class T { [Fact] public void A() { } }", "T.A has no time limit")]
    [InlineData("class T { [Theory(Skip = \"x\")] public void A() { } }", "T.A has no time limit")]
    [InlineData("class T { [Trait(\"a\", \"b\"), Fact] public void A() { } }", "T.A has no time limit")]
    public void A_test_without_a_limit_is_red(string text, string expected) => HouseRule.AssertRed(expected, Check(text));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("class T { [Fact(Timeout = 1000)] public void A() { } public void Helper() { } }")]
    [InlineData("class T { [Theory(Skip = \"x\", Timeout = Limits.Short)] public void A() { } }")]
    public void A_test_with_a_limit_is_green(string text) => Assert.Empty(Check(text));

    private static Violation[] Check(string text) => [.. TestMethods.Check([new SourceFile("tests/Telar.Tests/T.cs", text)])];
}
