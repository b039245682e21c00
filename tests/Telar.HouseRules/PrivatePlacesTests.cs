using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class PrivatePlacesTests
{
    // Put together here, so that this file obeys the rule that it tests.
    private const string Root = "/ro" + "ot/";
    private const string Home = "/ho" + "me/ann/";
    private const string Registry = "nu" + "get.org";

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(PrivatePlaces.Text, PrivatePlaces.Check(Repository.Files));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("cd " + Root + "telar", "is a folder of one machine")]
    [InlineData("path = \"" + Home + "src\";", "is a folder of one machine")]
    [InlineData(@"dir C:\Us" + @"ers\ann", "is a folder of one machine")]
    [InlineData("source: https://api." + Registry + "/v3", "is a package registry")]
    public void A_place_that_others_do_not_have_is_red(string line, string expected) =>
        HouseRule.AssertRed(expected, Check(line));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("cat /proc/self/status > /tmp/status && ls /usr/share/dotnet")]
    [InlineData("~/wo" + "rk/telar and docs/wo" + "rk/x and https://example.org/ro" + "ot/x")]
    [InlineData("as root or as another user, in $HOME")]
    public void A_place_that_all_have_is_green(string line) => Assert.Empty(Check(line));

    private static Violation[] Check(string line) => [.. PrivatePlaces.Check([new SourceFile("docs/page.md", line)])];
}
