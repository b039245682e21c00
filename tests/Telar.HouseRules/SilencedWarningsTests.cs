using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class SilencedWarningsTests
{
    // Put together here, so that this file obeys the rule that it tests.
    private const string PutOff = "TO" + "DO";

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(
        SilencedWarnings.Text, SilencedWarnings.Check(Repository.Files.Where(file => file.IsCSharp)));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("#pragma warning disable CA1031\n#pragma warning restore CA1031\n", "CA1031 is silenced without a reason")]
    [InlineData("#pragma warning disable // all is well\n", "silences every warning")]
    [InlineData("#pragma warning disable CA1031 // user code may throw anything\n", "stays silenced")]
    [InlineData("[SuppressMessage(\"Design\", \"CA1031\")] class Q { }", "Justification")]
    [InlineData("// " + PutOff + ": later\n", "without an issue")]
    [InlineData("/// <summary>" + PutOff + "</summary>\nclass Q { }", "without an issue")]
    public void What_is_silenced_or_put_off_without_a_word_is_red(string text, string expected) =>
        HouseRule.AssertRed(expected, Check(text));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("#pragma warning disable CA1031 // user code may throw anything\n#pragma warning restore CA1031\n")]
    [InlineData("[SuppressMessage(\"Design\", \"CA1031\", Justification = \"user code\")] class Q { }")]
    [InlineData("// " + PutOff + "(#12): when the runtime has it\n")]
    public void What_says_why_is_green(string text) => Assert.Empty(Check(text));

    [Fact(Timeout = HouseRule.Timeout)]
    public void A_reason_that_holds_for_a_whole_test_file_is_green() => Assert.Empty(SilencedWarnings.Check(
        [new SourceFile("tests/Telar.Tests/QTests.cs", "#pragma warning disable CA1031 // every test here throws\nclass QTests { }\n")]));

    private static Violation[] Check(string text) => [.. SilencedWarnings.Check([new SourceFile("src/Telar/Q.cs", text)])];
}
