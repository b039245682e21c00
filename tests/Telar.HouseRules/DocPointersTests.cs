using Telar.HouseRules.Rules;
using Xunit;

namespace Telar.HouseRules;

public class DocPointersTests
{
    private static readonly SourceFile s_page = new(
        "docs/design/futures.md", "# Futures, *in* `code`\n## State machine\n```\n# no heading\n```\n## State machine\n");

    [Fact(Timeout = HouseRule.Timeout)]
    public void The_tree_obeys() => HouseRule.AssertObeyed(DocPointers.Text, DocPointers.Check(Repository.Files));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("src/Telar/F.cs", "// see docs/design/future.md\n", "'docs/design/future.md', which is not there")]
    [InlineData("src/Telar/F.cs", "// see docs/design/futures.md#states\n", "points at '#states'")]
    [InlineData("src/Telar/F.cs", "class F {\n/* a\n see docs/design/futures.md#no-heading */ }", "src/Telar/F.cs:3: points at '#no-heading'")]
    [InlineData("src/Telar/F.cs", "/// <summary>See docs/design/no.md.</summary>\nclass F { }", "'docs/design/no.md'")]
    [InlineData("src/Telar/F.cs", "// a reason (docs/design/no.md)\n", "'docs/design/no.md'")]
    [InlineData("README.md", "[how](docs/design/no.md)", "'docs/design/no.md'")]
    [InlineData("docs/design/pools.md", "[how](no.md#x)", "'docs/design/no.md'")]
    [InlineData("docs/design/pools.md", "[how](futures.md#states)", "points at '#states'")]
    [InlineData("docs/design/pools.md", "[how](#none)", "points at '#none' in 'docs/design/pools.md'")]
    [InlineData(".editorconfig", "# see docs/design/no.md", "'docs/design/no.md'")]
    public void A_pointer_to_nothing_is_red(string path, string text, string expected) =>
        HouseRule.AssertRed(expected, DocPointers.Check([s_page, new SourceFile(path, text)]));

    [Theory(Timeout = HouseRule.Timeout)]
    [InlineData("src/Telar/F.cs", "// see docs/design/futures.md#state-machine and docs/design/futures.md.\n")]
    [InlineData("src/Telar/F.cs", "// see docs/design/futures.md#state-machine-1 and docs/design/futures.md#futures-in-code\n")]
    [InlineData("src/Telar/F.cs", "class F { string s = \"docs/design/no.md\"; }")]
    [InlineData("README.md", "[how](docs/design/futures.md#state-machine), [folder](docs/design), [web](https://example.org/docs/no.md)")]
    [InlineData("docs/design/pools.md", "[how](futures.md) and [up](../design/futures.md#state-machine)")]
    [InlineData("docs/decisions/README.md", "A page is docs/decisions/NNNN-title.md.")]
    public void A_pointer_that_leads_somewhere_is_green(string path, string text) =>
        Assert.Empty(DocPointers.Check([s_page, new SourceFile(path, text)]));
}
