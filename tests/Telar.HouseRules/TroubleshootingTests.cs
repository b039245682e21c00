using Microsoft.CodeAnalysis;
using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class TroubleshootingTests
{
    private const string Exceptions =
        "namespace Telar.Concurrent.Futures { public class BadException : InvalidOperationException { } } namespace Telar.Other { public class OtherException : Exception { } }";

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys()
    {
        SourceFile page = Repository.Files.Single(static file => file.Path == "docs/troubleshooting.md");
        HouseRule.AssertObeyed(Troubleshooting.Text, Compilations.AllShipped.SelectMany(assembly => Troubleshooting.Check(page, assembly)));
    }

    [Fact(Timeout = HouseRule.Timeout)]
    public void An_exception_without_a_heading_is_red() =>
        HouseRule.AssertRed("no heading with `BadException`", Troubleshooting.Check(Page("# Page\n`BadException`"), Compilations.Snippet(Exceptions)));

    [Fact(Timeout = HouseRule.Timeout)]
    public void An_exception_in_a_heading_and_one_of_another_module_are_green() =>
        Assert.Empty(Troubleshooting.Check(Page("# Page\n\n## `BadException`"), Compilations.Snippet(Exceptions)));

    private static SourceFile Page(string text) => new("docs/troubleshooting.md", text);
}
